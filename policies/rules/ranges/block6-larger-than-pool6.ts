import type { Rule } from '../subject.ts';
import { blockTooLarge } from './block-larger-than-pool.ts';
import { ipv6 } from './family.ts';

export const block6LargerThanPool6: Rule = {
  code: 'block6-larger-than-pool6',
  title: 'A block of IPv6 addresses fits into the IPv6 pool',
  class: 'refused',
  description: 'Calico refuses a pool that holds not even one block. kubespray does not compare the two.',
  reference: 'https://docs.tigera.io/calico/latest/reference/resources/ippool#block-sizes',
  judge: (subject) => blockTooLarge(block6LargerThanPool6, subject, ipv6),
};
