import type { Rule } from '../subject.ts';
import { against, isTemplate, pathOf, saidIn, show } from '../variables.ts';
import { isFrom } from './known-variables.ts';

/** In every release; and until v2.31.0, which has it no more. */
const CHECKED = ['download_run_once', 'download_always_pull', 'helm_enabled', 'openstack_lbaas_enabled'];
const CHECKED_ONCE = 'deploy_netchecker';

export const booleanRefused: Rule = {
  code: 'boolean-refused',
  title: 'The four switches that kubespray checks are booleans',
  class: 'refused',
  description:
    'kubespray stops where download_run_once, download_always_pull, helm_enabled or openstack_lbaas_enabled (before v2.31.0 deploy_netchecker too) is anything but true or false, text included.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:48',
  judge(subject) {
    const names = isFrom(subject.kubespray?.version, 'v2.31.0') ? CHECKED : [...CHECKED, CHECKED_ONCE];
    return names.flatMap((name) => {
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
