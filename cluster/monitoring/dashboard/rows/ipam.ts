import type { Cluster } from '../../../types.ts';
import { ADDRESSES_TAKEN, blocksLimit, blocksTaken, countsAddresses, LIMITS, nearly } from '../../alerts/ipam.ts';
import { ofJob } from '../../alerts/words.ts';
import type { Panel, Row, Threshold } from '../types.ts';
import { CHOSEN } from '../words.ts';

export const poolThresholds: readonly Threshold[] = [
  { from: LIMITS.addressesLow, colour: 'orange' },
  { from: LIMITS.addressesNearlyOut, colour: 'red' },
];

/** Pools and who has what of them, as kube-controllers counts; with host-local nobody does. */
export function ipam(cluster: Cluster): Row[] {
  if (!countsAddresses(cluster)) return [];
  return [
    {
      title: 'IPAM',
      panels: [POOLS, ofPools(cluster), IN_USE, ofNodes(blocksLimit(cluster)), BORROWED, LEAKS, COLLECTED, CONTROLLERS],
    },
  ];
}

const POOLS: Panel = {
  id: 'pool-addresses',
  title: 'Addresses in use, of each pool',
  description:
    'The part of the pool’s addresses that pods and tunnels have. A further pool needs no new cluster: network.furtherPools.',
  shape: 'lines',
  unit: 'percentunit',
  queries: [{ expr: ADDRESSES_TAKEN, legend: '{{ippool}}' }],
  thresholds: poolThresholds,
  alerts: ['IpamAddressesLow', 'IpamAddressesNearlyOut'],
};

function ofPools(cluster: Cluster): Panel {
  return {
    id: 'pool-blocks',
    title: 'Blocks given to nodes, of each pool',
    description:
      'The part of the pool’s blocks that nodes have. They run out before addresses do: a node holds a whole block for one pod.',
    shape: 'lines',
    unit: 'percentunit',
    queries: blocksTaken(cluster).map((expr) => ({ expr, legend: '{{ippool}}' })),
    thresholds: [
      { from: LIMITS.blocksLow, colour: 'orange' },
      { from: LIMITS.blocksOut, colour: 'red' },
    ],
    alerts: ['IpamBlocksLow', 'IpamBlocksOut'],
  };
}

const IN_USE: Panel = {
  id: 'addresses-of-nodes',
  title: 'Addresses in use, by node',
  description: 'ipam_allocations_in_use: addresses of the node’s pods and tunnels, of all pools.',
  shape: 'lines',
  unit: 'none',
  queries: [{ expr: `sum by (node) (ipam_allocations_in_use{${CHOSEN}})`, legend: '{{node}}' }],
  stacked: true,
  alerts: [],
};

function ofNodes(limit: number | undefined): Panel {
  return {
    id: 'blocks-of-nodes',
    title: 'Blocks, by node',
    description: `ipam_blocks_per_node. ${limit === undefined ? 'Nodes get no further ones by themselves.' : `A node gets at most ${limit}, whatever the pool has left.`}`,
    shape: 'lines',
    unit: 'none',
    queries: [{ expr: `ipam_blocks_per_node{${CHOSEN}}`, legend: '{{node}}' }],
    ...(limit === undefined ? {} : { thresholds: [{ from: nearly(limit), colour: 'orange' } as const] }),
    alerts: limit === undefined ? [] : ['IpamNodeBlocksLow'],
  };
}

const BORROWED: Panel = {
  id: 'borrowed',
  title: 'Borrowed addresses, by node',
  description:
    'ipam_allocations_borrowed: addresses out of another node’s block, each with a route of its own. Some mean that blocks run out.',
  shape: 'lines',
  unit: 'none',
  queries: [{ expr: `sum by (node) (ipam_allocations_borrowed{${CHOSEN}})`, legend: '{{node}}' }],
  alerts: [],
};

const LEAKS: Panel = {
  id: 'leak-candidates',
  title: 'Addresses that seem to leak',
  description:
    'ipam_allocations_gc_candidates: addresses that no pod seems to have. The collector looks again, and frees them after a quarter of an hour; those that stay for an hour are lost to the pool.',
  shape: 'lines',
  unit: 'none',
  queries: [{ expr: 'sum by (ippool) (ipam_allocations_gc_candidates)', legend: '{{ippool}}' }],
  thresholds: [{ from: 1, colour: 'orange' }],
  alerts: ['IpamLeaks'],
};

const COLLECTED: Panel = {
  id: 'collected',
  title: 'Leaked addresses that were freed in an hour',
  description: 'ipam_allocations_gc_reclamations. Many mean that pods or nodes go without taking leave.',
  shape: 'lines',
  unit: 'none',
  queries: [{ expr: 'sum by (ippool) (increase(ipam_allocations_gc_reclamations[1h]))', legend: '{{ippool}}' }],
  alerts: [],
};

const CONTROLLERS: Panel = {
  id: 'kube-controllers',
  title: 'kube-controllers answers',
  description:
    'All of this row comes from kube-controllers: while it does not answer, nothing is counted and nothing is collected.',
  shape: 'states',
  unit: 'none',
  queries: [{ expr: `up{${ofJob('calico-kube-controllers-metrics')}}`, legend: '{{pod}}' }],
  words: { 0: { word: 'silent', colour: 'red' }, 1: { word: 'answers', colour: 'green' } },
  alerts: ['KubeControllersMetricsDown'],
};
