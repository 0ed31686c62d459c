import type { Rule } from '../subject.ts';
import { against, isOn, pathOf } from '../variables.ts';

export const hostLocalIpv6: Rule = {
  code: 'host-local-ipv6',
  title: 'Pods of a cluster with IPv6 get an IPv6 address',
  class: 'harmful',
  description:
    'With calico_ipam_host_local kubespray tells the CNI plugin to use the range of the node and no more, and host-local gives an address of its first range alone: pods have no IPv6 address, and IPv6 Services reach none.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-config.yml.j2:51',
  judge(subject) {
    if (!isOn(subject, 'calico_ipam_host_local') || !isOn(subject, 'ipv6_stack')) return [];
    const path = pathOf(subject, 'calico_ipam_host_local');
    const message = 'host-local gives pods no IPv6 address, and the cluster has IPv6';
    return [against(hostLocalIpv6, path, message, 'Let Calico give the addresses (ipam: calico), or leave IPv6 out.')];
  },
};
