import { ipv6 } from '../ranges/family.ts';
import type { Rule } from '../subject.ts';
import { wrongAddresses } from './host-addresses.ts';

export const hostAddresses6: Rule = {
  code: 'host-addresses6',
  title: 'Every node has an IPv6 address of its own, inside the IPv6 node range',
  class: 'harmful',
  description:
    'Two nodes with one address fight for it, however differently it is written. One outside the node range is not covered by what is derived from it.',
  reference: 'kubespray v2.31.0 roles/network_facts/tasks/main.yaml compares no addresses',
  judge: (subject) => wrongAddresses(hostAddresses6, subject, ipv6),
};
