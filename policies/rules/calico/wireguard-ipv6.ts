import { isRecord } from '../../../cluster/raw.ts';
import type { Rule } from '../subject.ts';
import { against, hasIpv6, isOn, isTemplate, pathOf, saidIn } from '../variables.ts';

/** Felix's own switch for IPv6, and what it takes as true (Calico v3.31.5 felix/config/param_types.go, BoolParam). */
const SWITCH = 'FELIX_WIREGUARDENABLEDV6';
const TRUE = ['true', '1', 'yes', 'y', 't'];

export const wireguardIpv6: Rule = {
  code: 'wireguard-ipv6',
  title: 'What WireGuard does not encrypt is known: IPv6',
  class: 'harmful',
  description:
    'kubespray turns WireGuard on for IPv4 (wireguardEnabled) and has no variable for wireguardEnabledV6: in a dual-stack cluster pods talk to each other over IPv6 in the clear, unless FELIX_WIREGUARDENABLEDV6 is set in the environment of calico-node.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:172',
  judge(subject) {
    if (!isOn(subject, 'calico_wireguard_enabled') || !hasIpv6(subject)) return [];
    const environment = saidIn(subject, 'calico_node_extra_envs');
    const value = isRecord(environment) ? environment[SWITCH] : environment;
    const isOnSix = value === true || (typeof value === 'string' && TRUE.includes(value.toLowerCase()));
    if (isTemplate(value) || isOnSix) return [];
    const path = pathOf(subject, 'calico_wireguard_enabled');
    const hint = `Set ${SWITCH}: 'true' in ${pathOf(subject, 'calico_node_extra_envs')}, or keep one stack.`;
    return [
      against(wireguardIpv6, path, 'WireGuard is on in a dual-stack cluster, and leaves IPv6 in the clear', hint),
    ];
  },
};
