import type { Rule } from '../subject.ts';
import { against, isOn, pathOf, valueIn } from '../variables.ts';

export const blocksNotAllocated: Rule = {
  code: 'blocks-not-allocated',
  title: 'Nodes may take blocks of the pool',
  class: 'harmful',
  description:
    'With calico_ipam_autoallocateblocks off no node takes a block by itself, and kubespray gives it none: pods of a new cluster, and of every node that joins, stay without an address.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-ipamconfig.yml.j2:6',
  judge(subject) {
    const isOff = valueIn(subject, 'calico_ipam_autoallocateblocks') === false;
    if (!isOff || isOn(subject, 'calico_ipam_host_local')) return [];
    const path = pathOf(subject, 'calico_ipam_autoallocateblocks');
    const hint = 'Leave it out, unless something else gives blocks to nodes.';
    return [against(blocksNotAllocated, path, 'nodes may not take blocks by themselves', hint)];
  },
};
