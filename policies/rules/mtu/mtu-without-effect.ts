import type { Rule } from '../subject.ts';
import { against, numberIn, pathOf, sentence, show, toSet, valueIn } from '../variables.ts';

export const mtuWithoutEffect: Rule = {
  code: 'mtu-without-effect',
  title: 'The MTU is a number, in calico_mtu and calico_veth_mtu together',
  class: 'harmful',
  description:
    'calico_veth_mtu is read only where calico_mtu is defined, and the CNI configuration takes calico_mtu only where it is a number: otherwise Calico silently chooses by itself. Different numbers give pods and tunnels different MTUs.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:103, calico-config.yml.j2:86',
  judge(subject) {
    const mtu = valueIn(subject, 'calico_mtu');
    const veth = valueIn(subject, 'calico_veth_mtu');
    const at = (name: string, message: string, hint: string) =>
      against(mtuWithoutEffect, pathOf(subject, name), message, hint);
    if (!Object.hasOwn(subject.variables, 'calico_mtu')) {
      if (veth === undefined) return [];
      const message = `calico_veth_mtu ${show(veth)} does nothing without calico_mtu`;
      return [at('calico_veth_mtu', message, sentence(`${toSet(subject, 'calico_mtu', veth)} beside it`))];
    }
    if (mtu === undefined) return [];
    if (typeof mtu !== 'number') {
      return [at('calico_mtu', `calico_mtu is ${show(mtu)}, not a number`, 'Write it without quotes.')];
    }
    if (veth === undefined || numberIn(subject, 'calico_veth_mtu') === mtu) return [];
    const message = `calico_veth_mtu ${show(veth)} is for the tunnels and calico_mtu ${mtu} for the pods`;
    return [at('calico_veth_mtu', message, 'Write the same number for both.')];
  },
};
