import type { Rule } from '../subject.ts';
import { against, hasIpv6, isOn, pathOf } from '../variables.ts';

export const wireguardIpv6: Rule = {
  code: 'wireguard-ipv6',
  title: 'What WireGuard does not encrypt is known: IPv6',
  class: 'harmful',
  description:
    'kubespray turns WireGuard on for IPv4 (wireguardEnabled) and has no variable for wireguardEnabledV6: in a dual-stack cluster pods talk to each other over IPv6 in the clear.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:172',
  judge(subject) {
    if (!isOn(subject, 'calico_wireguard_enabled') || !hasIpv6(subject)) return [];
    const path = pathOf(subject, 'calico_wireguard_enabled');
    const hint = 'Keep one stack, or leave WireGuard out and encrypt otherwise.';
    return [
      against(wireguardIpv6, path, 'WireGuard is on in a dual-stack cluster, and leaves IPv6 in the clear', hint),
    ];
  },
};
