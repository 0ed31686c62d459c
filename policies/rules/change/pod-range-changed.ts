import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const podRangeChanged: Rule = {
  code: 'pod-range-changed',
  title: 'The range of pods stays what it was at the first run',
  class: 'refused',
  description:
    'kube-controller-manager, kube-proxy and every pool are made for it: kubespray writes the new range into files and leaves what lives by the old one.',
  reference:
    'kubespray#2494; kubespray v2.31.0 roles/kubernetes/control-plane/templates/kubeadm-config.v1beta4.yaml.j2',
  judge(subject) {
    return fixedFindings(podRangeChanged, subject, {
      part: 'settings',
      names: ['kube_pods_subnet', 'kube_pods_subnet_ipv6'],

      anchor: 'change-the-pod-or-service-range',
    });
  },
};
