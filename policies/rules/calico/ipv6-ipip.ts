import type { Rule } from '../subject.ts';
import { against, hasIpv6, pathOf, show, valueIn } from '../variables.ts';

export const ipv6Ipip: Rule = {
  code: 'ipv6-ipip',
  title: 'No IP-in-IP for IPv6',
  class: 'refused',
  description:
    'Calico has no IP-in-IP tunnel for IPv6, and kubespray stops at any calico_ipip_mode_ipv6 but Never where IPv6 is on.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:229',
  judge(subject) {
    const mode = valueIn(subject, 'calico_ipip_mode_ipv6');
    if (!hasIpv6(subject) || mode === undefined || mode === 'Never') return [];
    const path = pathOf(subject, 'calico_ipip_mode_ipv6');
    const message = `calico_ipip_mode_ipv6 is ${show(mode)}`;
    const hint = `Write Never, and set ${pathOf(subject, 'calico_vxlan_mode_ipv6')} for a tunnel.`;
    return [against(ipv6Ipip, path, message, hint)];
  },
};
