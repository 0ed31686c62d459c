import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const datastoreChanged: Rule = {
  code: 'datastore-changed',
  title: 'Calico keeps its objects where they are',
  class: 'refused',
  description:
    'kubespray starts with an empty datastore: pools, addresses and policies are in the other one, and stay there.',
  reference: 'kubespray v2.31.0 docs/CNI/calico.md; roles/network_plugin/calico/tasks/pre.yml:16',
  judge(subject) {
    return fixedFindings(datastoreChanged, subject, {
      part: 'calico',
      names: ['calico_datastore'],

      anchor: 'change-the-pod-or-service-range',
    });
  },
};
