import type { Rule } from './subject.ts';
import { against, pathOf, show, valueIn } from './variables.ts';

export const poolName: Rule = {
  code: 'pool-name',
  title: 'The pool’s name is one that Kubernetes takes',
  class: 'refused',
  description:
    'kubespray lets capitals and underscores pass, and calicoctl then refuses them while the network is installed.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:97',
  judge(subject) {
    const name = valueIn(subject, 'calico_pool_name');
    if (name === undefined) return [];
    if (
      typeof name === 'string' &&
      name.length >= 2 &&
      name.length <= 63 &&
      /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name)
    ) {
      return [];
    }
    const hint = 'Use 2 to 63 lower case letters, digits and inner hyphens: default-pool.';
    return [against(poolName, pathOf(subject, 'calico_pool_name'), `${show(name)} names no pool`, hint)];
  },
};
