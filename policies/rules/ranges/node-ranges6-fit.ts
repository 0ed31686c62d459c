import type { Rule } from '../subject.ts';
import { ipv6 } from './family.ts';
import { tooFewRanges } from './node-ranges-fit.ts';

export const nodeRanges6Fit: Rule = {
  code: 'node-ranges6-fit',
  title: 'With host-local IPAM, the IPv6 pod range has a range for every node',
  class: 'harmful',
  description:
    'A node that finds no range left never becomes ready. kubespray counts them with every network plugin but Calico.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:152',
  judge: (subject) => tooFewRanges(nodeRanges6Fit, subject, ipv6),
};
