import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const poolRangeChanged: Rule = {
  code: 'pool-range-changed',
  title: 'The range of the pool stays what it was at the first run',
  class: 'refused',
  description:
    'The check part compares it with the live pool, and stops: “Your inventory doesn’t match the current cluster configuration”.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:167',
  judge(subject) {
    return fixedFindings(poolRangeChanged, subject, {
      part: 'calico',
      names: ['calico_pool_cidr', 'calico_pool_cidr_ipv6'],

      anchor: 'change-the-pool',
    });
  },
};
