import type { Cluster, Finding, Node } from '../cluster/index.ts';

/** What the probe says of a node; null where it could not find out (most of it without Python). */
export interface NodeFacts {
  /** ID and VERSION_ID of /etc/os-release: `debian`, `12`. */
  readonly os: string;
  readonly osVersion: string;
  readonly systemd: boolean;
  /** `3.11.2` */
  readonly python: string | null;
  /** MemTotal, as Ansible's ansible_memtotal_mb. */
  readonly memoryMiB: number | null;
  /** The interface that carries the node's address; null where none does. */
  readonly interface: string | null;
  readonly interfaceMtu: number | null;
  /** Clock of the node, milliseconds since 1970. */
  readonly time: number | null;
  readonly root: boolean;
  /** sudo works without a password. */
  readonly sudo: boolean;
  /** Who listens on the ports that the cluster will need; process is null where the probe may not see it. */
  readonly ports: readonly {
    readonly port: number;
    readonly protocol: 'tcp' | 'udp';
    readonly process: string | null;
  }[];
}

/** POSIX sh for `sh -s -- <node address>` (the script on stdin): prints one line of JSON, a NodeFacts. */
export const nodeFactsScript = '';

export function judgeNodeFacts(_node: Node, _cluster: Cluster, _facts: NodeFacts, _nowMs: number): Finding[] {
  return [];
}
