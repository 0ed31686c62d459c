import { restartCalico } from '../mend.ts';
import { apiNode, members } from '../seen.ts';
import type { Diagnosis, Trouble } from '../types.ts';

export const wireguardNoKey: Trouble = {
  code: 'wireguard-no-key',
  title: 'A node has no key of WireGuard',
  judge(subject) {
    if (!subject.cluster.network.wireguard || subject.evidence.lab) return [];
    return members(subject).flatMap(({ name }): Diagnosis[] => {
      const node = apiNode(subject, name);
      if (node === undefined || (node.annotations[KEY] ?? '') !== '') return [];
      const log = subject.nodes.get(name)?.log.filter((line) => /wireguard/i.test(line)) ?? [];
      return [
        {
          code: wireguardNoKey.code,
          severity: 'failing',
          message: `${name} has no key of WireGuard: what its pods send to other nodes is not encrypted`,
          nodes: [name],
          evidence: [
            `API: node ${name} has no annotation ${KEY}`,
            ...log.slice(-2).map((line) => `${name}: calico-node: ${line}`),
          ],
          why: 'Where one end has no key, Calico sends in plain text, without a word to anybody.',
          mend: [
            { on: name, command: 'sudo modprobe wireguard && lsmod | grep wireguard' },
            restartCalico(subject, name),
          ],
          stack: {
            path: `nodes.${name}.os`,
            to: 'ID and version of its /etc/os-release: kubespray’s packages depend on it',
          },
          explains: [],
          reference:
            'https://docs.tigera.io/calico/latest/network-policy/encrypt-cluster-pod-traffic; docs/operations.md',
        },
      ];
    });
  },
};

const KEY = 'projectcalico.org/WireguardPublicKey';
