import type { Rule } from '../subject.ts';
import { ipv6 } from './family.ts';
import { unreadable } from './range-unreadable.ts';

export const range6Unreadable: Rule = {
  code: 'range6-unreadable',
  title: 'Every range of the second stack is an IPv6 network in CIDR notation',
  class: 'refused',
  description: 'A bare address, or one with bits set behind the prefix, is no network range to kubespray v2.31.0.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:128, :136',
  judge: (subject) => unreadable(range6Unreadable, subject, ipv6),
};
