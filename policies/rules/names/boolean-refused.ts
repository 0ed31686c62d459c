import type { Rule } from '../subject.ts';
import { against, isTemplate, pathOf, saidIn, show } from '../variables.ts';

const CHECKED = ['download_run_once', 'download_always_pull', 'helm_enabled', 'openstack_lbaas_enabled'];

export const booleanRefused: Rule = {
  code: 'boolean-refused',
  title: 'The four switches that kubespray checks are booleans',
  class: 'refused',
  description:
    'kubespray stops where download_run_once, download_always_pull, helm_enabled or openstack_lbaas_enabled is anything but true or false, text included.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:48',
  judge(subject) {
    return CHECKED.flatMap((name) => {
      const value = saidIn(subject, name);
      if (value === undefined || typeof value === 'boolean' || isTemplate(value)) return [];
      const hint = 'Write true or false, without quotes.';
      return [
        against(
          booleanRefused,
          pathOf(subject, name),
          `${name} is ${typeof value === 'string' ? `the text "${show(value)}"` : show(value)}`,
          hint,
        ),
      ];
    });
  },
};
