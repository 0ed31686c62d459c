import type { Rule } from './subject.ts';
import { against, pathOf, show, valueIn } from './variables.ts';

const MODES: readonly unknown[] = ['Always', 'CrossSubnet', 'Never'];

export const encapsulationExclusive: Rule = {
  code: 'encapsulation-exclusive',
  title: 'IP-in-IP or VXLAN, not both',
  class: 'refused',
  description:
    'kubespray stops with “IP in IP and VXLAN mode is mutualy exclusive modes”. VXLAN is its default, so that IP-in-IP alone is already both; a boolean or another word is refused as well.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:114',
  judge(subject) {
    const names = ['calico_ipip_mode', 'calico_vxlan_mode'] as const;
    const wrong = names.flatMap((name) => {
      const mode = valueIn(subject, name);
      if (mode === undefined || MODES.includes(mode)) return [];
      const message = `${name} is ${show(mode)}`;
      return [against(encapsulationExclusive, pathOf(subject, name), message, 'Write Always, CrossSubnet or Never.')];
    });
    if (wrong.length > 0) return wrong;
    const [ipip, vxlan] = names.map((name) => valueIn(subject, name));
    if ([ipip, vxlan].some((mode) => mode === undefined || mode === 'Never')) return [];
    const path = pathOf(subject, Object.hasOwn(subject.variables, 'calico_vxlan_mode') ? names[1] : names[0]);
    const message = `calico_ipip_mode is ${show(ipip)} and calico_vxlan_mode is ${show(vxlan)}`;
    return [against(encapsulationExclusive, path, message, 'Set one of the two to Never.')];
  },
};
