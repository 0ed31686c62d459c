import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const serviceRangeChanged: Rule = {
  code: 'service-range-changed',
  title: 'The range of Services stays what it was at the first run',
  class: 'refused',
  description:
    'Every Service has its address from it, the API server its certificate: kubespray writes the new range, and Services keep addresses that nothing answers.',
  reference:
    'kubespray#2494; kubespray v2.31.0 roles/kubernetes/control-plane/templates/kubeadm-config.v1beta4.yaml.j2',
  judge(subject) {
    return fixedFindings(serviceRangeChanged, subject, {
      part: 'settings',
      names: ['kube_service_addresses', 'kube_service_addresses_ipv6'],

      anchor: 'change-the-pod-or-service-range',
    });
  },
};
