import type { Rule } from './subject.ts';
import { against, numberIn, pathOf, show, valueIn } from './variables.ts';

export const blockSize: Rule = {
  code: 'block-size',
  title: 'A block is /20 to /32',
  class: 'refused',
  description:
    'Calico gives nodes their addresses in blocks and refuses other sizes when kubespray writes the pool; the size cannot change later.',
  reference: 'https://docs.tigera.io/calico/latest/reference/resources/ippool#block-sizes',
  judge(subject) {
    const size = valueIn(subject, 'calico_pool_blocksize');
    if (size === undefined) return [];
    const number = numberIn(subject, 'calico_pool_blocksize');
    if (Number.isInteger(number) && number >= 20 && number <= 32) return [];
    return [
      against(
        blockSize,
        pathOf(subject, 'calico_pool_blocksize'),
        `block size ${show(size)} is not a whole number from 20 to 32`,
        'Write 26 (64 addresses a block) unless there is a reason.',
      ),
    ];
  },
};
