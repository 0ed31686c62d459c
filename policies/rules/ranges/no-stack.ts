import type { Rule } from '../subject.ts';
import { against, hasIpv6, isTemplate, isYes, pathOf, saidIn, toSet, valueIn } from '../variables.ts';

export const noStack: Rule = {
  code: 'no-stack',
  title: 'The cluster has IPv4, IPv6 or both',
  class: 'refused',
  description: 'With ipv4_stack and ipv6_stack off there is no range for pods and services, and kubeadm refuses that.',
  reference: 'kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:271, :273',
  judge(subject) {
    const ipv4 = valueIn(subject, 'ipv4_stack');
    const ipv6 = saidIn(subject, 'ipv6_stack') ?? saidIn(subject, 'enable_dual_stack_networks');
    if (ipv4 === undefined || isYes(ipv4) || isTemplate(ipv6) || hasIpv6(subject)) return [];
    const path = pathOf(subject, 'ipv4_stack');
    return [
      against(
        noStack,
        path,
        'neither IPv4 nor IPv6 is on',
        `Leave ${path} out, or ${toSet(subject, 'ipv6_stack', true)}.`,
      ),
    ];
  },
};
