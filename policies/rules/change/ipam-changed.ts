import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const ipamChanged: Rule = {
  code: 'ipam-changed',
  title: 'Addresses come from where they always came',
  class: 'refused',
  description:
    'What Calico’s IPAM gave is unknown to host-local and the other way round: new pods get addresses that others have.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-config.yml.j2:51',
  judge(subject) {
    return fixedFindings(ipamChanged, subject, {
      part: 'calico',
      names: ['calico_ipam_host_local'],
      usual: false,
      anchor: 'change-the-pod-or-service-range',
    });
  },
};
