import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const networkPluginChanged: Rule = {
  code: 'network-plugin-changed',
  title: 'The network plugin stays Calico',
  class: 'refused',
  description:
    'kubespray installs the other plugin beside the one that is there, and pods of both do not reach each other.',
  reference: 'kubespray#2493',
  judge(subject) {
    return fixedFindings(networkPluginChanged, subject, {
      part: 'settings',
      names: ['kube_network_plugin'],

      anchor: 'change-the-pod-or-service-range',
    });
  },
};
