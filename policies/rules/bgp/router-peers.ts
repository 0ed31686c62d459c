import type { Finding } from '../../../cluster/finding.ts';
import { isRecord } from '../../../cluster/raw.ts';
import type { Rule, Subject } from '../subject.ts';
import {
  against,
  hasReflectors,
  isTemplate,
  isTruthy,
  pathOf,
  saidIn,
  sentence,
  show,
  toSet,
  valueIn,
} from '../variables.ts';

export const routerPeers: Rule = {
  code: 'router-peers',
  title: 'peer_with_router and peers come together, each peer for all nodes or for one',
  class: 'harmful',
  description:
    'peer_with_router turns the mesh between the nodes off: with no peer to take its place, no node learns another’s pods. Without it peers are not read, and one whose scope is neither global nor node never is.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:306, peer_with_router.yml:22, :113',
  judge(subject) {
    const router = saidIn(subject, 'peer_with_router');
    const lists = listsIn(subject);
    if (isTemplate(router) || lists.some(({ peers }) => isTemplate(peers))) return [];
    const filled = lists.flatMap(({ path, peers }) =>
      Array.isArray(peers) && peers.length > 0 ? [{ path, peers }] : [],
    );
    const at = (path: string, message: string, hint: string) => against(routerPeers, path, message, hint);
    if (!isTruthy(router)) {
      const hint = sentence(`${toSet(subject, 'peer_with_router', true)} beside them`);
      return filled.map(({ path }) => at(path, 'peers are not read without peer_with_router', hint));
    }
    const found = filled.flatMap(({ path, peers }) => unscoped(path, peers));
    if (filled.some(({ peers }) => peers.some(isScoped)) || !routesByMesh(subject)) return found;
    const message = 'peer_with_router turns the mesh between nodes off, and peers names nobody instead';
    const path = pathOf(subject, 'peer_with_router');
    return [...found, at(path, message, `Name the routers in ${pathOf(subject, 'peers')}, or leave ${path} out.`)];
  },
};

/** The peers of all hosts, and those of single ones. */
function listsIn(subject: Subject): { path: string; peers: unknown }[] {
  const own = subject.hosts.map(({ name, variables = {} }) => ({
    path: `nodes.${name}.bgp.peers`,
    peers: variables.peers,
  }));
  return [{ path: pathOf(subject, 'peers'), peers: saidIn(subject, 'peers') }, ...own];
}

function unscoped(path: string, peers: readonly unknown[]): Finding[] {
  return peers.flatMap((peer, i) => {
    if (isScoped(peer)) return [];
    const message = `the scope ${show((peer as Record<string, unknown>).scope)} is passed over`;
    return [against(routerPeers, `${path}[${i}].scope`, message, 'Write global, or node.')];
  });
}

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
