import type { Cluster, Node } from '../../cluster/index.ts';

/** How many other addresses a node looks for, so that the probe's work grows with the nodes and not with their square. */
const MOST = 16;

export interface PeerAddress {
  readonly address: string;
  /** Where its sshd listens. */
  readonly port: number;
  /**
   * Whether its sshd itself must answer. Else a ping is enough, and a connection is tried only where there is none: an
   * sshd starts a process for each, and takes ten at a time (MaxStartups), which all nodes of a large cluster would exceed.
   */
  readonly ssh: boolean;
}

/**
 * Addresses of the nodes that this one should see: all of them in a cluster of ordinary size; in a large one those that
 * it needs (the controller sees everybody, everybody sees the control plane and etcd) and its neighbours in the file.
 */
export function peersToSee(node: Node, cluster: Cluster): PeerAddress[] {
  const at = cluster.nodes.indexOf(node);
  const others = [...cluster.nodes.slice(at + 1), ...cluster.nodes.slice(0, Math.max(at, 0))];
  const needed = others.filter(({ roles }) => roles.includes('control-plane') || roles.includes('etcd'));
  const ssh = node.name === cluster.kubespray.controller;
  const seen = ssh ? others : [...new Set([...needed, ...others])].slice(0, MOST);
  const dual = cluster.network.ipv6 !== undefined;
  return seen.flatMap(({ address, address6, ssh: { port } }) =>
    [address, ...(dual && address6 !== undefined ? [address6] : [])].map((each) => ({ address: each, port, ssh })),
  );
}
