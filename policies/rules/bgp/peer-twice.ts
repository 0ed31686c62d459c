import type { Finding } from '../../../cluster/finding.ts';
import { isRecord } from '../../../cluster/raw.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate, pathOf, show, valueIn } from '../variables.ts';

export const peerTwice: Rule = {
  code: 'peer-twice',
  title: 'Every BGP peer of a list has a name of its own',
  class: 'harmful',
  description:
    'kubespray calls a BGPPeer after the name of the peer, or its address: a second one with the same name and scope takes the place of the first, and with it the AS number and the filters.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml:11, :94',
  judge(subject) {
    return [
      ...twice(pathOf(subject, 'peers'), valueIn(subject, 'peers')),
      ...subject.hosts.flatMap(({ name, variables = {} }) => twice(`nodes.${name}.bgp.peers`, variables.peers)),
    ];
  },
};

function twice(path: string, peers: unknown): Finding[] {
  const seen = new Set<string>();
  return (Array.isArray(peers) ? peers : []).flatMap((peer: unknown, i) => {
    if (!isRecord(peer)) return [];
    const { name, router_id: address, scope = 'node' } = peer;
    const called = name ?? address;
    if (typeof called !== 'string' || isTemplate(called) || isTemplate(scope)) return [];
    const key = `${show(scope)} ${called.replaceAll(':', '-')}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const hint = 'Leave one of the two out, or give each a name of its own.';
    return [against(peerTwice, `${path}[${i}]`, `a peer before it is called ${called} as well`, hint)];
  });
}
