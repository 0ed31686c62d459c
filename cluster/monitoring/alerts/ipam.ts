import { BLOCKS_PER_NODE } from '../../ipam.ts';
import type { Cluster } from '../../types.ts';
import { asksKubeControllers } from './kube-controllers.ts';
import type { Alert, AlertGroup } from './types.ts';

/**
 * Pools that run out, in addresses and, which comes first, in blocks: a node without a block of its own borrows single addresses, or gets none
 * with strict affinity. kube-controllers counts them (Calico v3.31.5 kube-controllers/pkg/controllers/node/ipam.go:1328); with
 * host-local each node has its range, and nothing is counted.
 */
export function ipam(cluster: Cluster): AlertGroup[] {
  if (!countsAddresses(cluster)) return [];
  const limit = blocksLimit(cluster);
  const ofNodes = limit === undefined ? [] : [nodeLimit(limit)];
  return [{ name: 'calico-ipam', alerts: [...ADDRESSES, ...blocks(cluster), ...ofNodes, LEAKS] }];
}

/** Whether there is somebody who counts addresses, and is asked. */
export function countsAddresses(cluster: Cluster): boolean {
  return cluster.network.ipam.kind === 'calico' && asksKubeControllers(cluster);
}

/** How many blocks a node may have; absent where it has those that it was given. */
export function blocksLimit({ network: { ipam: how } }: Cluster): number | undefined {
  return how.kind === 'calico' && how.autoAllocateBlocks ? how.maxBlocksPerHost || BLOCKS_PER_NODE : undefined;
}

/** The part of each pool's addresses that is taken. */
export const ADDRESSES_TAKEN =
  'sum by (ippool) (ipam_allocations_in_use) / on (ippool) max by (ippool) (ipam_ippool_size)';
/** Above these parts alerts fire. */
export const LIMITS = { addressesLow: 0.8, addressesNearlyOut: 0.95, blocksLow: 0.9, blocksOut: 1 } as const;

const ADDRESSES: readonly Alert[] = [
  {
    name: 'IpamAddressesLow',
    expr: `${ADDRESSES_TAKEN} > ${LIMITS.addressesLow}`,
    for: '15m',
    severity: 'warning',
    summary: 'Of the pool {{ $labels.ippool }} {{ $value | humanizePercentage }} of the addresses are taken',
    description: 'Plan for a further pool (network.furtherPools) before pods get no address.',
  },
  {
    name: 'IpamAddressesNearlyOut',
    expr: `${ADDRESSES_TAKEN} > ${LIMITS.addressesNearlyOut}`,
    for: '5m',
    severity: 'critical',
    summary: 'Of the pool {{ $labels.ippool }} {{ $value | humanizePercentage }} of the addresses are taken',
    description: 'Pods will soon get no address and stay in ContainerCreating.',
  },
];

/** The part of each pool's blocks that nodes have. Metrics count blocks and not how large they are: that the cluster says, pool by pool. */
export function blocksTaken({ network }: Cluster): string[] {
  const { pool, ipv6, furtherPools } = network;
  const all = [
    { ...pool, bits: 32 },
    ...(ipv6 === undefined ? [] : [{ ...ipv6.pool, name: `${pool.name}-ipv6`, bits: 128 }]),
    ...furtherPools.map((one) => ({ ...one, bits: one.cidr.includes(':') ? 128 : 32 })),
  ];
  return all.map(({ name, blockSize, bits }) => {
    const of = `{ippool="${name}"}`;
    return `${2 ** (bits - blockSize)} * sum by (ippool) (ipam_blocks${of}) / on (ippool) max by (ippool) (ipam_ippool_size${of})`;
  });
}

function blocks(cluster: Cluster): Alert[] {
  return blocksTaken(cluster).flatMap((taken): Alert[] => [
    {
      name: 'IpamBlocksLow',
      expr: `${taken} > ${LIMITS.blocksLow} < ${LIMITS.blocksOut}`,
      for: '15m',
      severity: 'warning',
      summary: 'Of the pool {{ $labels.ippool }} {{ $value | humanizePercentage }} of the blocks are given to nodes',
      description:
        'Nodes that come, or need a further block, will soon find none. Plan for a further pool, or for smaller blocks in it.',
    },
    {
      name: 'IpamBlocksOut',
      expr: `${taken} >= ${LIMITS.blocksOut}`,
      for: '5m',
      severity: 'critical',
      summary: 'The pool {{ $labels.ippool }} has no free block',
      description:
        'A node that needs one borrows single addresses of other nodes’ blocks; with strict affinity its new pods get none.',
    },
  ]);
}

/** Calico gives a node no more blocks than that, whatever the pool has left. */
function nodeLimit(limit: number): Alert {
  return {
    name: 'IpamNodeBlocksLow',
    expr: `ipam_blocks_per_node{node!="no_affinity"} >= ${nearly(limit)}`,
    for: '15m',
    severity: 'warning',
    summary: `{{ $labels.node }} has {{ $value }} of at most ${limit} blocks`,
    description: 'At the limit its new pods get no address, although the pool has some.',
  };
}

/** From where a number of blocks is near its limit. */
export function nearly(limit: number): number {
  return Math.max(1, Math.floor(0.9 * limit));
}

/** What the collector finds is confirmed and freed after a quarter of an hour. */
const LEAKS: Alert = {
  name: 'IpamLeaks',
  expr: 'sum by (ippool) (ipam_allocations_gc_candidates) > 0',
  for: '1h',
  severity: 'warning',
  summary: '{{ $value }} addresses of {{ $labels.ippool }} belong to no pod and are not collected',
  description: 'They are lost to the pool until they are released, after a look at whose they are.',
};
