import type { Rule } from '../subject.ts';
import { against, isTemplate, saidIn } from '../variables.ts';

export const peersHidden: Rule = {
  code: 'peers-hidden',
  title: 'A node’s own peers do not hide those of all',
  class: 'harmful',
  description:
    'Ansible replaces a list and does not add to it: on a host with peers of its own, those of the cluster are not read, and where it is the first control plane no node gets the global ones.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml:22, :113',
  judge(subject) {
    const peers = saidIn(subject, 'peers');
    if (!Array.isArray(peers)) return [];
    return subject.hosts.flatMap(({ name, variables: { peers: own } = {} }) => {
      if (!Array.isArray(own)) return [];
      const missing = peers.filter((peer) => !isTemplate(peer) && !own.some((other) => same(peer, other)));
      if (missing.length === 0) return [];
      const message = `${name} has peers of its own, which hide ${missing.length} of all nodes`;
      return [against(peersHidden, `nodes.${name}.bgp.peers`, message, 'Write those of all nodes there once more.')];
    });
  },
};

/** Whether both are a session with the same router. */
function same(a: unknown, b: unknown): boolean {
  const router = (peer: unknown) => (peer as { router_id?: unknown } | null)?.router_id;
  return router(a) === router(b);
}
