import type { Cluster } from '../../cluster/index.ts';
import { hostsOf } from '../hosts.ts';
import { factsOf } from './facts.ts';
import { FIXED } from './fixed.ts';
import { howFor } from './how.ts';
import { MIGRATES } from './migration.ts';
import type { Desired, Facts, HostFact, JoinKind } from './types.ts';

/** How a host becomes one of the cluster: only a worker does by scale.yml (kubespray v2.31.0 docs/operations/nodes.md:36). */
export function joinOf({ groups }: HostFact): JoinKind {
  if (groups.includes('etcd')) return 'join-etcd';
  return groups.includes('kube_control_plane') ? 'join-control-plane' : 'join';
}

/** The same of every host. */
export function joinsOf(facts: Facts): Record<string, JoinKind> {
  return Object.fromEntries(Object.entries(facts.hosts).map(([name, host]) => [name, joinOf(host)]));
}

/** What the controller is told. `folder`: kubespray's, below `~/.calispray/CLUSTER`; `source`: see ReleaseFact. */
export function desiredOf(cluster: Cluster, folder: string, source: string): Desired {
  const facts = factsOf(cluster, source);
  const { runs, removeDead } = cluster.kubespray;
  return {
    facts,
    hosts: hostsOf(cluster),
    folder,
    how: howFor(facts, cluster.migrate),
    joins: joinsOf(facts),
    fixed: cluster.migrate?.encapsulation === undefined ? { ...FIXED, calico: [...FIXED.calico, ...MIGRATES] } : FIXED,
    migrates: cluster.migrate?.encapsulation === undefined ? [] : MIGRATES,
    removeDead,
    runs: { limitSeconds: runs.limitMinutes * 60, keep: runs.keep, forks: forksFor(cluster.nodes.length) },
  };
}

/** Hosts that Ansible works on at once: all of a small cluster, and no more of a large one than a controller has memory for. */
export function forksFor(hosts: number): number {
  return Math.min(MOST_FORKS, Math.max(LEAST_FORKS, hosts));
}

/** Ansible's own default. */
const LEAST_FORKS = 5;
/** About 60 MiB each. */
const MOST_FORKS = 50;
