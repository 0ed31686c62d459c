import { deriveNetwork } from '../../../cluster/index.ts';
import { up } from '../mend.ts';
import { apiOf, controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { counted, listed, shortened } from '../words.ts';
import { BLOCK_LIMIT, furtherPool, NO_ADDRESS, openPools, type Pool, rangeBeside } from './pools.ts';

export const ipamExhausted: Trouble = {
  code: 'ipam-exhausted',
  title: 'Pools have no address left',
  judge(subject) {
    const pools = openPools(subject);
    if (pools.length === 0) return [];
    const { strictAffinity } = ipamOf(subject);
    // With strict affinity what is free in blocks of other nodes is for them alone.
    const left = (pool: Pool) => (strictAffinity ? pool.freeBlocks : pool.addresses - pool.held);
    const waiting = (apiOf(subject)?.waiting ?? []).filter(({ why }) => NO_ADDRESS.test(why) && !BLOCK_LIMIT.test(why));
    const empty = pools.every((pool) => left(pool) === 0);
    // In the middle of strict affinity a node may well have room in its own blocks.
    if (!empty || (strictAffinity && waiting.length === 0)) return [];
    const finding: Diagnosis = {
      code: ipamExhausted.code,
      severity: 'broken',
      message: `${pools.length === 1 ? `the pool ${pools[0]?.name} has` : `the pools ${listed(pools.map(({ name }) => name))} have`} no ${strictAffinity ? 'block' : 'address'} left${waiting.length === 0 ? '' : `: ${counted(waiting.length, 'pod')} ${waiting.length === 1 ? 'waits' : 'wait'} for one`}`,
      nodes: [...new Set(waiting.map(({ node }) => node))],
      evidence: shortened([
        ...pools.flatMap(poolLines),
        ...waiting.map(({ pod, node, why }) => `API: pod ${pod} on ${node}: ${why}`),
      ]),
      why: 'New pods stay in ContainerCreating; what runs goes on until it is made anew.',
      mend: [
        ...secondPool(subject).mend,
        { on: controlPlane(subject), command: 'sudo calicoctl.sh ipam show --show-blocks' },
      ],
      ...stackOf(subject),
      explains: waiting.map(({ pod }) => symptom.waiting(pod)),
      reference:
        'https://docs.tigera.io/calico/latest/networking/ipam/migrate-pools; Calico v3.31.5 libcalico-go/lib/ipam/ipam.go:891',
    };
    return [finding];
  },
};

/** `network.furtherPools`, where there is room for one. */
export function stackOf(subject: Subject): Pick<Diagnosis, 'stack'> {
  const { stack } = secondPool(subject);
  return stack === undefined ? {} : { stack };
}

export function ipamOf({ cluster }: Subject): { strictAffinity: boolean; maxBlocksPerHost: number } {
  const { ipam } = cluster.network;
  return ipam.kind === 'calico' ? ipam : { strictAffinity: false, maxBlocksPerHost: 0 };
}

/** What of the pool is taken, and by whom: `API: of default-pool, by node: masternode 128 in 2 blocks, homelab 64 in 1 block` */
export function poolLines({ name, cidr, addresses, held, blocks, taken }: Pool): string[] {
  return [
    `API: pool ${name} (${cidr}): ${held} of ${addresses} addresses held, ${taken.length} of ${blocks} blocks taken (IPAMBlocks)`,
    ...(taken.length === 0 ? [] : [`API: of ${name}, by node: ${byNode(taken)}`]),
  ];
}

/** Most that are named. */
const NODES = 5;

/** The nodes that hold most first; addresses in blocks that no node has are of none. */
function byNode(taken: Pool['taken']): string {
  const nodes = new Map<string, { held: number; blocks: number }>();
  for (const { node, held } of taken) {
    const name = node ?? 'no node';
    const sum = nodes.get(name) ?? { held: 0, blocks: 0 };
    nodes.set(name, { held: sum.held + held.length, blocks: sum.blocks + 1 });
  }
  const most = [...nodes].sort(([, a], [, b]) => b.held - a.held);
  const words = most.slice(0, NODES).map(([name, sum]) => `${name} ${sum.held} in ${counted(sum.blocks, 'block')}`);
  return [...words, ...(most.length > NODES ? [`${counted(most.length - NODES, 'node')} more`] : [])].join(', ');
}

/** A second pool beside the first: nothing that runs is touched. */
export function secondPool(subject: Subject): { stack?: NonNullable<Diagnosis['stack']>; mend: Diagnosis['mend'] } {
  const { pool, pods } = subject.cluster.network;
  const cidr = furtherPool(subject);
  if (cidr !== undefined)
    return {
      stack: { path: 'network.furtherPools', to: `[{ name: second, cidr: ${cidr}, blockSize: ${pool.blockSize} }]` },
      mend: [up],
    };
  // All of the pods' range is in use, which a live cluster keeps: Calico takes a pool outside of it, and kube-proxy hides its pods behind nodes.
  const { ipipMode, vxlanMode } = deriveNetwork(subject.cluster);
  const outside = rangeBeside(subject);
  const object = `{"apiVersion":"projectcalico.org/v3","kind":"IPPool","metadata":{"name":"second"},"spec":{"cidr":"${outside}","blockSize":${pool.blockSize},"ipipMode":"${ipipMode}","vxlanMode":"${vxlanMode}","natOutgoing":${pool.natOutgoing}}}`;
  const command = `echo '${object}' | sudo calicoctl.sh create -f - # outside of network.pods (${pods}), of which nothing is left: ClusterIPs see its pods by their node`;
  return { mend: outside === undefined ? [] : [{ on: controlPlane(subject), command }] };
}
