import type { Rule } from '../subject.ts';
import { ipv6 } from './family.ts';
import { insideServices } from './pods-inside-services.ts';

export const pods6InsideServices6: Rule = {
  code: 'pods6-inside-services6',
  title: 'The IPv6 pod range does not lie inside the IPv6 service range',
  class: 'refused',
  description:
    'kubespray stops with “kube_pods_subnet_ipv6 cannot be the same network segment as kube_service_addresses_ipv6”.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:144',
  judge: (subject) => insideServices(pods6InsideServices6, subject, ipv6),
};
