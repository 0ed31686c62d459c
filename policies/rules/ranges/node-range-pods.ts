import type { Rule } from '../subject.ts';
import { against, isOn, numberIn, pathOf } from '../variables.ts';
import { ipv4 } from './family.ts';

export const nodeRangePods: Rule = {
  code: 'node-range-pods',
  title: 'With host-local IPAM, the range of one node is enough for its pods',
  class: 'harmful',
  description:
    'A node’s pods then come from its own kube_network_node_prefix. kubespray compares the two with every network plugin but Calico.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:70',
  judge(subject) {
    if (!ipv4.isOn(subject) || !isOn(subject, 'calico_ipam_host_local')) return [];
    const prefix = numberIn(subject, ipv4.nodePrefix);
    const pods = numberIn(subject, 'kubelet_max_pods');
    const addresses = 2 ** (ipv4.bits - prefix) - 2;
    if (!(pods > addresses)) return [];
    const message = `a node’s /${prefix} has ${addresses} addresses, and a node runs up to ${pods} pods`;
    const hint = `Write a smaller prefix length, or lower ${pathOf(subject, 'kubelet_max_pods')}.`;
    return [against(nodeRangePods, pathOf(subject, ipv4.nodePrefix), message, hint)];
  },
};
