import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';
import { MODES } from './encapsulation-mode.ts';

export const encapsulationExclusive: Rule = {
  code: 'encapsulation-exclusive',
  title: 'IP-in-IP or VXLAN, not both',
  class: 'refused',
  description:
    'kubespray stops with “IP in IP and VXLAN mode is mutualy exclusive modes”. VXLAN is its default, so that IP-in-IP alone is already both.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:123, :133',
  judge(subject) {
    const names = ['calico_ipip_mode', 'calico_vxlan_mode'] as const;
    const [ipip, vxlan] = names.map((name) => valueIn(subject, name));
    if ([ipip, vxlan].some((mode) => !MODES.includes(mode) || mode === 'Never')) return [];
    const path = pathOf(subject, Object.hasOwn(subject.variables, 'calico_vxlan_mode') ? names[1] : names[0]);
    const message = `calico_ipip_mode is ${show(ipip)} and calico_vxlan_mode is ${show(vxlan)}`;
    return [against(encapsulationExclusive, path, message, 'Set one of the two to Never.')];
  },
};
