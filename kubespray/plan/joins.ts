import type { Facts, HostFact, JoinKind } from './types.ts';

/** How a host becomes one of the cluster: only a worker does by scale.yml (kubespray v2.31.0 docs/operations/nodes.md:36). */
export function joinOf({ groups }: HostFact): JoinKind {
  if (groups.includes('etcd')) return 'join-etcd';
  return groups.includes('kube_control_plane') ? 'join-control-plane' : 'join';
}

/** The same of every host. */
export function joinsOf(facts: Facts): Record<string, JoinKind> {
  return Object.fromEntries(Object.entries(facts.hosts).map(([name, host]) => [name, joinOf(host)]));
}
