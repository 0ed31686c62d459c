import type { Rule } from '../subject.ts';
import { against, hasIpv6, isOn, isYes, pathOf, valueIn } from '../variables.ts';

export const advertiseDualStack: Rule = {
  code: 'advertise-dual-stack',
  title: 'Cluster addresses are told over BGP in a cluster of one stack',
  class: 'harmful',
  description:
    'With both stacks kubespray writes the two service ranges under one key: the second replaces the first, and IPv4 is never advertised.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:342',
  judge(subject) {
    if (!isOn(subject, 'calico_advertise_cluster_ips')) return [];
    if (!hasIpv6(subject) || !isYes(valueIn(subject, 'ipv4_stack'))) return [];
    const path = pathOf(subject, 'calico_advertise_cluster_ips');
    const hint = 'Leave it out, and say both ranges in a BGPConfiguration of your own after the installation.';
    return [against(advertiseDualStack, path, 'cluster addresses are advertised with both stacks', hint)];
  },
};
