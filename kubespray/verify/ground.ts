/** What the checks are derived from: the cluster, and what follows from it that more than one group of checks needs. */
import { type Cluster, deriveNetwork, type Network, type Node } from '../../cluster/index.ts';
import type { CheckGroup } from '../../cluster/types.ts';
import type { Check } from './types.ts';

export interface Ground {
  readonly cluster: Cluster;
  readonly network: Network;
  /** Those that are nodes of Kubernetes, and so have pods: a host of etcd alone is none. */
  readonly nodes: readonly Node[];
  /** Of pods: 4, and 6 in a dual-stack cluster. */
  readonly families: readonly Family[];
}

export type Family = 4 | 6;

/** A check before it is known whether it is required. */
export interface Draft extends Omit<Check, 'id' | 'required'> {
  readonly group: CheckGroup;
  /** What of the group it is; absent where there is one check of it. */
  readonly subject?: string;
  /** Names of the nodes that it is about; empty where it is about the cluster. */
  readonly nodes: readonly string[];
}

/** One group of checks, or a few that belong together: a file in checks/. */
export type Checks = (ground: Ground) => Draft[];

export function groundOf(cluster: Cluster): Ground {
  return {
    cluster,
    network: deriveNetwork(cluster),
    nodes: cluster.nodes.filter(({ roles }) => roles.some((role) => role !== 'etcd')),
    families: cluster.network.ipv6 === undefined ? [4] : [4, 6],
  };
}

export function namesOf(nodes: readonly Node[]): string[] {
  return nodes.map(({ name }) => name);
}

/** What is said of IPv6 beside IPv4, and nothing of IPv4: `homelab`, `homelab/ipv6`. */
export function subjectOf(subject: string, family: Family): string {
  return family === 4 ? subject : `${subject}/ipv6`;
}

/** The kind's argument; left out for IPv4, which is meant without it. */
export function familyOf(family: Family): { readonly family?: 6 } {
  return family === 4 ? {} : { family };
}

/** ` by IPv6`, where there are two. */
export function byFamily(family: Family): string {
  return family === 4 ? '' : ' by IPv6';
}

/** `a`, `a and b`, `a, b and 6 others`. */
export function listed(names: readonly string[], most = 4): string {
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} others`;
  return names.length < 2 ? (names[0] ?? 'nobody') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `1 node`, `3 nodes`. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
