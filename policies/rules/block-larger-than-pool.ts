import { range } from '../../cluster/cidr.ts';
import type { Rule } from './subject.ts';
import { against, numberIn, pathOf, poolCidr, show } from './variables.ts';

export const blockLargerThanPool: Rule = {
  code: 'block-larger-than-pool',
  title: 'A block fits into the pool',
  class: 'refused',
  description: 'Calico refuses a pool that holds not even one block. kubespray does not compare the two.',
  reference: 'https://docs.tigera.io/calico/latest/reference/resources/ippool#block-sizes',
  judge(subject) {
    const cidr = poolCidr(subject);
    const size = numberIn(subject, 'calico_pool_blocksize');
    const pool = range(cidr);
    if (pool === undefined || !(size < pool.prefix)) return [];
    return [
      against(
        blockLargerThanPool,
        pathOf(subject, 'calico_pool_blocksize'),
        `a block of /${size} is larger than the pool ${show(cidr)}`,
        `Write a block size of ${Math.max(pool.prefix, 20)} or more, or widen ${pathOf(subject, 'calico_pool_cidr')}.`,
      ),
    ];
  },
};
