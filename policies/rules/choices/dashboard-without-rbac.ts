import { isFrom } from '../names/known-variables.ts';
import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, sentence, toSet, valueIn } from '../variables.ts';

export const dashboardWithoutRbac: Rule = {
  code: 'dashboard-without-rbac',
  title: 'The dashboard comes with RBAC',
  class: 'refused',
  description: 'Up to v2.30.0 kubespray stops at dashboard_enabled with rbac_enabled false; v2.31.0 has no dashboard.',
  reference: 'kubespray v2.30.0 roles/validate_inventory/tasks/main.yml:70',
  judge(subject) {
    if (isFrom(subject.kubespray?.version, 'v2.31.0') || !isTruthy(valueIn(subject, 'dashboard_enabled'))) return [];
    if (valueIn(subject, 'rbac_enabled') !== false) return [];
    const path = pathOf(subject, 'dashboard_enabled');
    const hint = sentence(`${toSet(subject, 'rbac_enabled', true)}, or leave ${path} out`);
    return [against(dashboardWithoutRbac, path, 'the dashboard is on, and RBAC is off', hint)];
  },
};
