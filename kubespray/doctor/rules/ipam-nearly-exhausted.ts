import type { Diagnosis, Trouble } from '../types.ts';
import { ipamExhausted, ipamOf, poolLines, secondPool, stackOf } from './ipam-exhausted.ts';
import { openPools } from './pools.ts';

/** Share of all addresses from which on it is said. */
const NEARLY = 0.9;

export const ipamNearlyExhausted: Trouble = {
  code: 'ipam-nearly-exhausted',
  title: 'Pools run out of addresses',
  judge(subject) {
    const pools = openPools(subject);
    if (pools.length === 0 || ipamExhausted.judge(subject).length > 0) return [];
    const { strictAffinity } = ipamOf(subject);
    const sum = (of: (pool: (typeof pools)[number]) => number) => pools.reduce((all, pool) => all + of(pool), 0);
    const [used, all] = strictAffinity
      ? [sum(({ taken }) => taken.length), sum(({ blocks }) => blocks)]
      : [sum(({ held }) => held), sum(({ addresses }) => addresses)];
    if (used < NEARLY * all) return [];
    const finding: Diagnosis = {
      code: ipamNearlyExhausted.code,
      severity: 'failing',
      message: `${used} of ${all} ${strictAffinity ? 'blocks' : 'addresses'} are taken`,
      nodes: [],
      evidence: pools.flatMap(poolLines),
      why: 'Once none is left, new pods stay in ContainerCreating; a roll-out needs some addresses twice.',
      mend: secondPool(subject).mend,
      ...stackOf(subject),
      explains: [],
      reference: 'https://docs.tigera.io/calico/latest/networking/ipam/migrate-pools',
    };
    return [finding];
  },
};
