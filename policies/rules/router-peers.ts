import type { Rule, Subject } from './subject.ts';
import { against, hasReflectors, isRecord, isTemplate, isTruthy, pathOf, show, valueIn } from './variables.ts';

export const routerPeers: Rule = {
  code: 'router-peers',
  title: 'peer_with_router and peers come together, each peer for all nodes or for one',
  class: 'harmful',
  description:
    'peer_with_router turns the mesh between the nodes off: with no peer to take its place, no node learns another’s pods. Without it peers are not read, and one whose scope is neither global nor node never is.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:306, peer_with_router.yml:22, :113',
  judge(subject) {
    const { peer_with_router: router, peers } = subject.variables;
    if (isTemplate(router) || isTemplate(peers)) return [];
    const list: unknown[] = Array.isArray(peers) ? peers : [];
    const at = (path: string, message: string, hint: string) => against(routerPeers, path, message, hint);
    const path = pathOf(subject, 'peers');
    if (!isTruthy(router)) {
      if (list.length === 0) return [];
      return [at(path, 'peers are not read without peer_with_router', 'Set peer_with_router: true beside them.')];
    }
    const found = list.flatMap((peer, i) => {
      if (isScoped(peer)) return [];
      const scope = show((peer as Record<string, unknown>).scope);
      return [at(`${path}[${i}].scope`, `the scope ${scope} is passed over`, 'Write global, or node.')];
    });
    if (list.some(isScoped) || !routesByMesh(subject)) return found;
    const message = 'peer_with_router turns the mesh between nodes off, and peers names nobody instead';
    return [
      ...found,
      at(pathOf(subject, 'peer_with_router'), message, 'Name the routers in peers, or leave peer_with_router out.'),
    ];
  },
};

/** Whether kubespray makes a BGPPeer of it. */
function isScoped(peer: unknown): boolean {
  if (!isRecord(peer) || peer.scope === undefined) return true;
  return peer.scope === 'global' || peer.scope === 'node' || isTemplate(peer.scope);
}

/** Only the mesh tells a node of the others’ pods: Felix does it for VXLAN, and reflectors where there are any. */
function routesByMesh(subject: Subject): boolean {
  return (
    valueIn(subject, 'calico_network_backend') === 'bird' &&
    valueIn(subject, 'calico_vxlan_mode') === 'Never' &&
    !hasReflectors(subject)
  );
}
