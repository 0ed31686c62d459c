import type { Rule } from '../subject.ts';
import { ipv6 } from './family.ts';
import { tooFewAddresses } from './pool-capacity.ts';

export const pool6Capacity: Rule = {
  code: 'pool6-capacity',
  title: 'The IPv6 pool has an address for every pod that the nodes may run',
  class: 'advice',
  description: 'In a dual-stack cluster a pod waits until it has an address of both families.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-config.yml.j2:57',
  judge: (subject) => tooFewAddresses(pool6Capacity, subject, ipv6),
};
