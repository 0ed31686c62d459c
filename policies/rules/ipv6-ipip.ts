import type { Rule } from './subject.ts';
import { against, isTemplate, pathOf, show } from './variables.ts';

export const ipv6Ipip: Rule = {
  code: 'ipv6-ipip',
  title: 'No IP-in-IP for IPv6',
  class: 'refused',
  description:
    'Calico has no IP-in-IP tunnel for IPv6, and kubespray stops at any calico_ipip_mode_ipv6 but Never where IPv6 is on.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:229',
  judge(subject) {
    const { variables } = subject;
    // roles/kubespray_defaults/defaults/main/main.yml:273
    const ipv6 = Object.hasOwn(variables, 'ipv6_stack') ? variables.ipv6_stack : variables.enable_dual_stack_networks;
    const mode = variables.calico_ipip_mode_ipv6;
    if (!isOn(ipv6) || mode === undefined || mode === 'Never' || isTemplate(mode)) return [];
    const path = pathOf(subject, 'calico_ipip_mode_ipv6');
    const message = `calico_ipip_mode_ipv6 is ${show(mode)}`;
    return [against(ipv6Ipip, path, message, 'Write Never, and calico_vxlan_mode_ipv6 for a tunnel.')];
  },
};

/** What Ansible’s filter `bool` takes for true, as the check of kubespray does. */
function isOn(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(true|yes|on|1|t|y)$/i.test(value));
}
