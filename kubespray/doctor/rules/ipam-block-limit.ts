import { BLOCKS_PER_NODE } from '../../../cluster/index.ts';
import { up } from '../mend.ts';
import { apiOf } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { counted, shortened } from '../words.ts';
import { ipamOf } from './ipam-exhausted.ts';
import { BLOCK_LIMIT, poolsOf } from './pools.ts';

export const ipamBlockLimit: Trouble = {
  code: 'ipam-block-limit',
  title: 'A node may take no further block',
  judge(subject) {
    const pools = poolsOf(subject);
    if (pools.length === 0) return [];
    const limit = ipamOf(subject).maxBlocksPerHost || BLOCKS_PER_NODE;
    const waiting = (apiOf(subject)?.waiting ?? []).filter(({ why }) => BLOCK_LIMIT.test(why));
    const names = new Set([...subject.cluster.nodes.map(({ name }) => name), ...waiting.map(({ node }) => node)]);
    return [...names].flatMap((name): Diagnosis[] => {
      const own = pools.flatMap(({ taken }) => taken).filter(({ node }) => node === name);
      const here = waiting.filter(({ node }) => node === name);
      const full = own.length >= limit && own.every(({ held, size }) => held.length >= size);
      if (!full && here.length === 0) return [];
      return [
        {
          code: ipamBlockLimit.code,
          severity: here.length > 0 ? 'broken' : 'failing',
          message: `${name} has ${counted(own.length, 'block')}, and may have ${limit}`,
          nodes: [name],
          evidence: shortened([
            `API: ${counted(own.length, 'block')} of ${name}, ${own.reduce((sum, { held }) => sum + held.length, 0)} of ${own.reduce((sum, { size }) => sum + size, 0)} addresses held (IPAMBlocks)`,
            ...here.map(({ pod, why }) => `API: pod ${pod} on ${name}: ${why}`),
          ]),
          why: 'At the limit a node gets no address from anywhere, not even a borrowed one: its new pods stay in ContainerCreating.',
          mend: [up],
          stack: { path: 'network.ipam.calico.maxBlocksPerHost', from: String(limit), to: String(limit * 2) },
          explains: here.map(({ pod }) => symptom.waiting(pod)),
          reference: 'Calico v3.31.5 libcalico-go/lib/ipam/ipam.go:735-740, 67',
        },
      ];
    });
  },
};
