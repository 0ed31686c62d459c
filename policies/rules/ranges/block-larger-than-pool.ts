import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, numberIn, pathOf, show } from '../variables.ts';
import { type Family, ipv4, poolCidr, poolPath, rangeIn } from './family.ts';

export const blockLargerThanPool: Rule = {
  code: 'block-larger-than-pool',
  title: 'A block fits into the pool',
  class: 'refused',
  description: 'Calico refuses a pool that holds not even one block. kubespray does not compare the two.',
  reference: 'https://docs.tigera.io/calico/latest/reference/resources/ippool#block-sizes',
  judge: (subject) => blockTooLarge(blockLargerThanPool, subject, ipv4),
};

export function blockTooLarge(rule: Rule, subject: Subject, family: Family): Finding[] {
  const cidr = poolCidr(subject, family);
  const size = numberIn(subject, family.block);
  const pool = rangeIn(family, cidr);
  if (!family.isOn(subject) || pool === undefined || !(size < pool.prefix)) return [];
  const message = `a block of /${size} is larger than the pool ${show(cidr)}`;
  const hint = `Write a block size of ${Math.max(pool.prefix, family.blocks[0])} or more, or widen ${poolPath(subject, family)}.`;
  return [against(rule, pathOf(subject, family.block), message, hint)];
}
