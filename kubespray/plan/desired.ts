import type { Cluster } from '../../cluster/index.ts';
import { hostsOf } from '../hosts.ts';
import { MIGRATES } from './encapsulation.ts';
import { factsOf } from './facts.ts';
import { FIXED } from './fixed.ts';
import { howFor } from './how.ts';
import { joinsOf } from './joins.ts';
import type { Desired } from './types.ts';

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
/** About 60 MiB each; kubespray v2.31.0 docs/operations/large-deployments.md:52 has as many. */
const MOST_FORKS = 50;
