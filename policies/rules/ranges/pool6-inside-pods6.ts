import type { Rule } from '../subject.ts';
import { ipv6 } from './family.ts';
import { poolOutside } from './pool-inside-pods.ts';

export const pool6InsidePods6: Rule = {
  code: 'pool6-inside-pods6',
  title: 'The IPv6 pool lies inside the IPv6 pod range',
  class: 'refused',
  description: 'kubespray stops with “is not within or equal to”, about fifteen minutes in.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:114',
  judge: (subject) => poolOutside(pool6InsidePods6, subject, ipv6),
};
