import type { Rule } from '../subject.ts';
import { against, numberIn, pathOf, show, valueIn } from '../variables.ts';

const DEFAULTS = { calico_vxlan_vni: 4096, calico_vxlan_port: 4789 };

export const vxlanUnread: Rule = {
  code: 'vxlan-unread',
  title: 'The network and the port of VXLAN are said where they are read',
  class: 'harmful',
  description:
    'kubespray passes calico_vxlan_vni and calico_vxlan_port on with the backend vxlan alone: with bird, VXLAN keeps 4096 and UDP 4789, and a firewall opened for another port drops every packet.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:221',
  judge(subject) {
    if (valueIn(subject, 'calico_network_backend') !== 'bird' || !hasVxlan(valueIn(subject, 'calico_vxlan_mode')))
      return [];
    return Object.entries(DEFAULTS).flatMap(([name, usual]) => {
      const value = valueIn(subject, name);
      if (value === undefined || numberIn(subject, name) === usual) return [];
      const path = pathOf(subject, name);
      const message = `${name} ${show(value)} is not read with the backend bird`;
      const variable = name === 'calico_vxlan_vni' ? 'FELIX_VXLANVNI' : 'FELIX_VXLANPORT';
      const hint = `Write ${usual}, or set ${variable} in ${pathOf(subject, 'calico_node_extra_envs')}.`;
      // Said to Felix itself, it counts with any backend.
      const own = valueIn(subject, 'calico_node_extra_envs');
      const isSaid = typeof own === 'object' && own !== null && Object.hasOwn(own, variable);
      return isSaid ? [] : [against(vxlanUnread, path, message, hint)];
    });
  },
};

function hasVxlan(mode: unknown): boolean {
  return mode === 'Always' || mode === 'CrossSubnet';
}
