import type { Rule } from '../subject.ts';
import { ipv6 } from './family.ts';
import { together } from './ranges-apart.ts';

export const ranges6Apart: Rule = {
  code: 'ranges6-apart',
  title: 'Pods, services and nodes have IPv6 ranges of their own',
  class: 'harmful',
  description:
    'A packet for an address in two ranges goes to one of them. kubespray compares only one pair, and in one direction.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:144',
  judge: (subject) => together(ranges6Apart, subject, ipv6),
};
