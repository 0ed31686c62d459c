import type { Family } from './cidr.ts';
import { hasWireguard6 } from './mtu.ts';
import { poolSize } from './network.ts';
import type { Cluster, Ipam } from './types.ts';

/** A pool in numbers. Counts beyond 2^53 (IPv6) are exact, as they are powers of two. */
export interface PoolSize {
  readonly name: string;
  readonly cidr: string;
  readonly family: Family;
  /** Prefix length of a block. */
  readonly blockSize: number;
  readonly blockAddresses: number;
  readonly blocks: number;
  readonly addresses: number;
  readonly nodeSelector: string;
  readonly disabled: boolean;
}

/** What the pools of one family hold. */
export interface FamilyCapacity {
  readonly family: Family;
  readonly pools: readonly PoolSize[];
  /** Devices that take one address of every node each: `IP-in-IP`, `VXLAN`, `WireGuard`. */
  readonly tunnels: readonly string[];
  /** Blocks that a node may take. */
  readonly maxBlocksPerNode: number;
  /** Blocks that a node with `podsPerNode` pods takes. */
  readonly blocksPerFullNode: number;
  /** Pods that one node has room for: kubelet's limit, or less where its blocks hold less. */
  readonly podsPerNode: number;
  /** Addresses in the last block of a full node that no other node may have: what strict affinity takes. */
  readonly keptPerNode: number;
  /** Workers that fit, each with `podsPerNode` pods, beside the declared nodes that run none. */
  readonly nodes: number;
  /** Pods that fit on the declared workers, the blocks given out at their best. */
  readonly pods: number;
  /** The same two while no node borrows from another's blocks: all there is with strict affinity. */
  readonly ownBlocks: { readonly nodes: number; readonly pods: number };
}

export interface Capacity {
  /** Pods that kubelet allows a node; those on the host's network take no address. */
  readonly maxPods: number;
  /** Declared nodes that run pods, and those that run none of anybody's (control plane alone, route reflectors). */
  readonly workers: number;
  readonly others: number;
  /** IPv4, and IPv6 in a dual-stack cluster. */
  readonly families: readonly FamilyCapacity[];
  /** The least of the families: in a dual-stack cluster a pod takes an address of each. */
  readonly podsPerNode: number;
  readonly nodes: number;
  readonly pods: number;
}

/** What nodes ask of blocks. */
export interface Demand {
  readonly workers: number;
  readonly others: number;
  /** Pods on each worker, at the most. */
  readonly podsPerNode: number;
  /** Addresses that every node takes for itself. */
  readonly tunnels: number;
  /** A node uses addresses of its own blocks alone. */
  readonly strict: boolean;
}

/**
 * Without a limit of one's own a node stops at this many blocks of a family, and borrows nothing then
 * (Calico v3.31.5 libcalico-go/lib/ipam/ipam.go:735-740, the same since v3.28).
 */
export const BLOCKS_PER_NODE = 20;

/** host-local keeps the network's own address, the gateway's (Calico's tunnel address) and, of IPv4, the broadcast. */
const KEPT_BY_HOST_LOCAL: Readonly<Record<Family, number>> = { 4: 3, 6: 2 };

/** How many nodes and pods the declared pools have room for. */
export function deriveCapacity(cluster: Cluster): Capacity {
  const { ipam, ipv6 } = cluster.network;
  const maxPods = cluster.kubernetes.maxPods;
  const members = cluster.nodes.filter((node) => node.roles.some((role) => role !== 'etcd'));
  const workers = members.filter((node) => node.roles.includes('worker')).length;
  const others = members.length - workers;
  const count = { workers, others, maxPods };
  const families = (ipv6 === undefined ? ([4] as const) : ([4, 6] as const)).map((family) =>
    ipam.kind === 'host-local' ? hostLocal(cluster, ipam, family, count) : blocks(cluster, ipam, family, count),
  );
  const least = (of: (family: FamilyCapacity) => number) => Math.min(...families.map(of));
  return {
    ...count,
    families,
    podsPerNode: least((family) => family.podsPerNode),
    nodes: least((family) => family.nodes),
    pods: least((family) => family.pods),
  };
}

/** What `blocks` blocks of `size` addresses hold. */
export function fits(blocks: number, size: number, demand: Demand): { nodes: number; pods: number } {
  const { workers, others, podsPerNode, tunnels, strict } = demand;
  const perNode = podsPerNode + tunnels;
  if (!strict) {
    const left = blocks * size - others * tunnels;
    return {
      nodes: podsPerNode === 0 ? 0 : atLeast0(Math.floor(left / perNode)),
      pods: atLeast0(Math.min(workers * podsPerNode, left - workers * tunnels)),
    };
  }
  const own = Math.ceil(tunnels / size);
  const left = blocks - others * own;
  return {
    nodes: podsPerNode === 0 ? 0 : atLeast0(Math.floor(left / Math.ceil(perNode / size))),
    pods: podsOfOwnBlocks(atLeast0(left), size, demand),
  };
}

/** The blocks for tunnels are taken first, node by node; what is left goes where it is filled wholly, then to remainders. */
function podsOfOwnBlocks(blocks: number, size: number, { workers, podsPerNode, tunnels }: Demand): number {
  const own = Math.ceil(tunnels / size);
  const served = own === 0 ? workers : Math.min(workers, Math.floor(blocks / own));
  const first = Math.min(podsPerNode, own * size - tunnels);
  // The next worker's tunnels have what is left where not all of them are served.
  const left = served < workers ? 0 : blocks - served * own;
  const wanted = podsPerNode - first;
  const wholly = Math.min(left, served * Math.floor(wanted / size));
  const partly = Math.min(left - wholly, served);
  return served * first + wholly * size + partly * (wanted % size);
}

interface Count {
  readonly workers: number;
  readonly others: number;
  readonly maxPods: number;
}

/** Calico's own IPAM. Pools with a node selector or switched off are shown, and counted on for nothing. */
function blocks(
  cluster: Cluster,
  ipam: Extract<Ipam, { kind: 'calico' }>,
  family: Family,
  { workers, others, maxPods }: Count,
): FamilyCapacity {
  const pools = poolsOf(cluster, family);
  const open = pools.filter((pool) => !pool.disabled && pool.nodeSelector === 'all()');
  const size = open[0]?.blockAddresses ?? 1;
  const tunnels = tunnelsWithAddress(cluster, family);
  // A node without blocks of its own finds none to borrow from either, unless somebody gave them out by hand.
  const maxBlocksPerNode = ipam.autoAllocateBlocks ? ipam.maxBlocksPerHost || BLOCKS_PER_NODE : 0;
  const podsPerNode = Math.min(maxPods, atLeast0(maxBlocksPerNode * size - tunnels.length));
  const blocksPerFullNode = podsPerNode === 0 ? 0 : Math.ceil((podsPerNode + tunnels.length) / size);
  const demand = { workers, others, podsPerNode, tunnels: tunnels.length };
  // Blocks of one size add up; of different ones each pool is looked at by itself, the tunnels in the first.
  const sizes = new Set(open.map((pool) => pool.blockAddresses));
  const all = (strict: boolean) => {
    const parts =
      sizes.size <= 1
        ? [fits(sum(open.map((pool) => pool.blocks)), size, { ...demand, strict })]
        : open.map((pool, i) =>
            fits(pool.blocks, pool.blockAddresses, { ...demand, strict, tunnels: i === 0 ? demand.tunnels : 0 }),
          );
    return {
      nodes: sum(parts.map((part) => part.nodes)),
      pods: Math.min(workers * podsPerNode, sum(parts.map((part) => part.pods))),
    };
  };
  return {
    family,
    pools,
    tunnels,
    maxBlocksPerNode,
    blocksPerFullNode,
    podsPerNode,
    keptPerNode: ipam.strictAffinity ? atLeast0(blocksPerFullNode * size - podsPerNode - tunnels.length) : 0,
    ...all(ipam.strictAffinity),
    ownBlocks: all(true),
  };
}

/** One range a node out of `network.pods`, cut by kube-controller-manager (kubespray v2.31.0 kubeadm-config.v1beta4.yaml.j2:370). */
function hostLocal(
  { network }: Cluster,
  ipam: Extract<Ipam, { kind: 'host-local' }>,
  family: Family,
  { workers, others, maxPods }: Count,
): FamilyCapacity {
  const blockSize = family === 4 ? ipam.nodePrefix : ipam.nodePrefix6;
  const cidr = family === 4 ? network.pods : (network.ipv6?.pods ?? '');
  const { blocks: ranges, blockAddresses, addresses } = poolSize(cidr, blockSize);
  const podsPerNode = Math.min(maxPods, atLeast0(blockAddresses - KEPT_BY_HOST_LOCAL[family]));
  const nodes = podsPerNode === 0 ? 0 : atLeast0(ranges - others);
  const fit = { nodes, pods: Math.min(workers, nodes) * podsPerNode };
  return {
    family,
    pools: [
      {
        name: 'node ranges',
        cidr,
        family,
        blockSize,
        blockAddresses,
        blocks: ranges,
        addresses,
        nodeSelector: 'all()',
        disabled: false,
      },
    ],
    tunnels: [],
    maxBlocksPerNode: 1,
    blocksPerFullNode: 1,
    podsPerNode,
    keptPerNode: blockAddresses - podsPerNode,
    ...fit,
    ownBlocks: fit,
  };
}

/** The pool that kubespray manages first. */
function poolsOf({ network }: Cluster, family: Family): PoolSize[] {
  const { pool, ipv6, furtherPools } = network;
  const always = { nodeSelector: 'all()', disabled: false };
  const declared = [
    { ...pool, ...always },
    // kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:261
    ...(ipv6 === undefined ? [] : [{ ...ipv6.pool, name: `${pool.name}-ipv6`, ...always }]),
    ...furtherPools,
  ];
  return declared
    .map(({ name, cidr, blockSize, nodeSelector, disabled }): PoolSize => {
      const { family: of, blockAddresses, blocks: count, addresses } = poolSize(cidr, blockSize);
      return { name, cidr, family: of, blockSize, blockAddresses, blocks: count, addresses, nodeSelector, disabled };
    })
    .filter((each) => each.family === family);
}

/** One address a node for each of these (Calico v3.31.5 node/pkg/allocateip/allocateip.go, determineEnabledPoolCIDRs). */
function tunnelsWithAddress(cluster: Cluster, family: Family): string[] {
  const { encapsulation, ipv6, wireguard } = cluster.network;
  const kind = family === 4 ? encapsulation.kind : ipv6?.encapsulation.kind;
  return [
    ...(kind === 'ipip' ? ['IP-in-IP'] : []),
    ...(kind === 'vxlan' ? ['VXLAN'] : []),
    ...((family === 4 ? wireguard : hasWireguard6(cluster)) ? ['WireGuard'] : []),
  ];
}

const atLeast0 = (n: number) => Math.max(0, n);
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
