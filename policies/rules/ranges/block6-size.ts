import type { Rule } from '../subject.ts';
import { sizeOutside } from './block-size.ts';
import { ipv6 } from './family.ts';

export const block6Size: Rule = {
  code: 'block6-size',
  title: 'A block of IPv6 addresses is /116 to /128',
  class: 'refused',
  description: 'Calico refuses other sizes when kubespray writes the pool; the size cannot change later.',
  reference: 'https://docs.tigera.io/calico/latest/reference/resources/ippool#block-sizes',
  judge: (subject) => sizeOutside(block6Size, subject, ipv6),
};
