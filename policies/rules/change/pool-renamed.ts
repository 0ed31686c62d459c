import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const poolRenamed: Rule = {
  code: 'pool-renamed',
  title: 'The pool keeps its name',
  class: 'refused',
  description:
    'kubespray looks for the pool by its name: under another one it makes a second pool over the same range, which Calico refuses.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:198',
  judge(subject) {
    return fixedFindings(poolRenamed, subject, {
      part: 'calico',
      names: ['calico_pool_name'],

      anchor: 'change-the-pool',
    });
  },
};
