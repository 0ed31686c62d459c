import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, show, valueIn } from '../variables.ts';

export const checksOff: Rule = {
  code: 'checks-off',
  title: 'kubespray’s own checks stay on',
  class: 'harmful',
  description:
    'ignore_assert_errors skips every check of Calico’s settings and half of those of the inventory and the nodes.',
  reference: 'kubespray v2.31.0 roles/kubernetes/preinstall/tasks/main.yml:119',
  judge(subject) {
    const value = valueIn(subject, 'ignore_assert_errors');
    if (!isTruthy(value)) return [];
    const message = `ignore_assert_errors is ${show(value)}`;
    return [
      against(checksOff, pathOf(subject, 'ignore_assert_errors'), message, 'Leave it out, and mend what it hides.'),
    ];
  },
};
