import type { Cluster, Node } from '../../cluster/index.ts';

/** How many other addresses a node looks for, so that the probe's work grows with the nodes and not with their square. */
const MOST = 16;

export interface PeerAddress {
  readonly address: string;
  /** Where its sshd listens. */
  readonly port: number;
}

/**
 * Addresses of the nodes that this one should see: all of them in a cluster of ordinary size; in a large one those that
 * it needs (the controller sees everybody, everybody sees the control plane and etcd) and its neighbours in the file.
 */
export function peersToSee(node: Node, cluster: Cluster): PeerAddress[] {
  const at = cluster.nodes.indexOf(node);
  const others = [...cluster.nodes.slice(at + 1), ...cluster.nodes.slice(0, Math.max(at, 0))];
  const needed = others.filter(({ roles }) => roles.includes('control-plane') || roles.includes('etcd'));
  const seen =
    node.name === cluster.kubespray.controller ? others : [...new Set([...needed, ...others])].slice(0, MOST);
  const dual = cluster.network.ipv6 !== undefined;
  return seen.flatMap(({ address, address6, ssh }) =>
    [address, ...(dual && address6 !== undefined ? [address6] : [])].map((each) => ({ address: each, port: ssh.port })),
  );
}
