import type { Rule } from '../subject.ts';
import { against, pathOf } from '../variables.ts';

/** What still works, and warns. */
const DEPRECATED: Readonly<Record<string, string>> = {
  enable_dual_stack_networks: 'ipv6_stack',
};

export const deprecatedVariable: Rule = {
  code: 'deprecated-variable',
  title: 'No variable that a later release will drop',
  class: 'advice',
  description: 'kubespray warns of enable_dual_stack_networks, which is only what ipv6_stack is by default.',
  reference:
    'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:176, roles/kubespray_defaults/defaults/main/main.yml:273',
  judge(subject) {
    return Object.entries(DEPRECATED).flatMap(([name, now]) => {
      if (!Object.hasOwn(subject.variables, name)) return [];
      return [against(deprecatedVariable, pathOf(subject, name), `${name} is going away`, `Write ${now} instead.`)];
    });
  },
};
