import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, numberIn, pathOf, show, valueIn } from '../variables.ts';
import { type Family, ipv4 } from './family.ts';

export const blockSize: Rule = {
  code: 'block-size',
  title: 'A block is /20 to /32',
  class: 'refused',
  description:
    'Calico gives nodes their addresses in blocks and refuses other sizes when kubespray writes the pool; the size cannot change later.',
  reference: 'https://docs.tigera.io/calico/latest/reference/resources/ippool#block-sizes',
  judge: (subject) => sizeOutside(blockSize, subject, ipv4),
};

export function sizeOutside(rule: Rule, subject: Subject, family: Family): Finding[] {
  const size = valueIn(subject, family.block);
  const [least, most] = family.blocks;
  const number = numberIn(subject, family.block);
  if (!family.isOn(subject) || size === undefined) return [];
  if (Number.isInteger(number) && number >= least && number <= most) return [];
  const message = `block size ${show(size)} is not a whole number from ${least} to ${most}`;
  const hint = `Write ${family.usualBlock} (64 addresses a block) unless there is a reason.`;
  return [against(rule, pathOf(subject, family.block), message, hint)];
}
