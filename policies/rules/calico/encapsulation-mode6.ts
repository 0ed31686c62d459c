import type { Rule } from '../subject.ts';
import { hasIpv6 } from '../variables.ts';
import { wrongMode } from './encapsulation-mode.ts';

export const encapsulationMode6: Rule = {
  code: 'encapsulation-mode6',
  title: 'The tunnel for IPv6 is Always, CrossSubnet or Never',
  class: 'refused',
  description:
    'kubespray does not look at calico_vxlan_mode_ipv6, and Calico refuses the pool that is written with it.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:267',
  judge: (subject) => (hasIpv6(subject) ? wrongMode(encapsulationMode6, subject, 'calico_vxlan_mode_ipv6') : []),
};
