import { letIn } from '../mend.ts';
import { members, nodeAt, wayBetween } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble, WireguardPeer } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { pathLine, pathsWith, suspects } from './paths.ts';

/** Keys are made anew after two minutes, where something is sent (WireGuard whitepaper, section 6.1). */
const OLD = 180;

export const wireguardSilent: Trouble = {
  code: 'wireguard-silent',
  title: 'WireGuard sends, and nobody answers',
  judge(subject) {
    if (!subject.cluster.network.wireguard) return [];
    const deaf = pathsWith(subject, 'pod', symptom.silent).filter(
      ({ from, to }) =>
        wayBetween(subject, from, to) === 'wireguard' && (isSilent(subject, from, to) || isSilent(subject, to, from)),
    );
    const unheard = [...subject.nodes].flatMap(([name, { wireguard }]) =>
      wireguard.filter(neverHeard).map((peer) => ({ name, peer, other: otherOf(subject, peer) })),
    );
    if (deaf.length === 0 && unheard.length === 0) return [];
    const ends = [
      ...deaf.flatMap(({ from, to }) => [from, to]),
      ...unheard.flatMap(({ name, other }) => [name, other]),
    ];
    const nodes =
      deaf.length > 0
        ? suspects(deaf)
        : [...new Set(ends)].filter((name) => members(subject).some((one) => one.name === name));
    const finding: Diagnosis = {
      code: wireguardSilent.code,
      severity: 'broken',
      message: `WireGuard (udp/51820) has no answer between ${listed(ends)}`,
      nodes,
      evidence: shortened([...[...new Set(ends)].flatMap((name) => peerLines(subject, name)), ...deaf.map(pathLine)]),
      why: 'What pods of different nodes say to each other travels in these packets; nothing of it is sent in plain text instead.',
      mend: nodes.flatMap((name) => letIn(subject, name, { protocol: 'udp', port: 51820, named: /\b51820\b/ })),
      explains: [...new Set(deaf.map(symptom.silent))],
      reference:
        'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements (WireGuard: UDP 51820)',
    };
    return [finding];
  },
};

/** Without a handshake, or with one of long ago: of a peer that nothing is sent to that is as it should be. */
function isSilent(subject: Subject, from: string, to: string): boolean {
  const peer = subject.nodes.get(from)?.wireguard.find((one) => otherOf(subject, one) === to);
  return peer !== undefined && (peer.handshake === null || peer.handshake > OLD);
}

function neverHeard({ handshake, sent, received }: WireguardPeer): boolean {
  return handshake === null && sent > 0 && received === 0;
}

function otherOf(subject: Subject, { endpoint }: WireguardPeer): string {
  const address = endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return nodeAt(subject, address)?.name ?? address;
}

function peerLines(subject: Subject, name: string): string[] {
  return (subject.nodes.get(name)?.wireguard ?? [])
    .filter(({ handshake }) => handshake === null || handshake > OLD)
    .map(({ endpoint, handshake, received, sent }) => {
      const heard = handshake === null ? 'no handshake' : `handshake ${handshake} s ago`;
      return `${name}: wg show: ${endpoint}: ${heard}, ${received} bytes received, ${sent} sent`;
    });
}
