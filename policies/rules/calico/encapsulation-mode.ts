import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

/** Modes of a tunnel that kubespray and Calico take. */
export const MODES: readonly unknown[] = ['Always', 'CrossSubnet', 'Never'];

export const encapsulationMode: Rule = {
  code: 'encapsulation-mode',
  title: 'A tunnel is Always, CrossSubnet or Never',
  class: 'refused',
  description:
    'A boolean or another word, capitals included: kubespray stops with “calico inter host encapsulation mode is not …”.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:114',
  judge: (subject) =>
    ['calico_ipip_mode', 'calico_vxlan_mode'].flatMap((name) => wrongMode(encapsulationMode, subject, name)),
};

export function wrongMode(rule: Rule, subject: Subject, name: string): Finding[] {
  const mode = valueIn(subject, name);
  if (mode === undefined || MODES.includes(mode)) return [];
  return [against(rule, pathOf(subject, name), `${name} is ${show(mode)}`, 'Write Always, CrossSubnet or Never.')];
}
