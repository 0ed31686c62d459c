import type { Rule } from '../subject.ts';
import { against, numberIn, pathOf, show, valueIn } from '../variables.ts';

const MOST = 2 ** 24 - 1;

export const vxlanNetwork: Rule = {
  code: 'vxlan-network',
  title: 'The VXLAN network is a number of 24 bits',
  class: 'harmful',
  description:
    'Felix takes calico_vxlan_vni from its environment, refuses what is no whole number from 0 (the kernel’s default) to 16777215, and does not start.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:221',
  judge(subject) {
    const vni = valueIn(subject, 'calico_vxlan_vni');
    const number = numberIn(subject, 'calico_vxlan_vni');
    if (vni === undefined || (Number.isInteger(number) && number >= 0 && number <= MOST)) return [];
    const message = `calico_vxlan_vni is ${show(vni)}`;
    return [
      against(vxlanNetwork, pathOf(subject, 'calico_vxlan_vni'), message, `Write a number from 1 to ${MOST}: 4096.`),
    ];
  },
};
