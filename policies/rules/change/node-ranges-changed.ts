import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const nodeRangesChanged: Rule = {
  code: 'node-ranges-changed',
  title: 'The size of the range of each node stays what it was',
  class: 'refused',
  description: 'A node has its range from the day it joined: kube-controller-manager does not cut another one.',
  reference: 'kubespray v2.31.0 roles/kubernetes/control-plane/templates/kubeadm-config.v1beta4.yaml.j2:368',
  judge(subject) {
    return fixedFindings(nodeRangesChanged, subject, {
      part: 'settings',
      names: ['kube_network_node_prefix', 'kube_network_node_prefix_ipv6'],

      anchor: 'change-the-pod-or-service-range',
    });
  },
};
