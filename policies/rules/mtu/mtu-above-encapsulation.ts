import type { Rule } from '../subject.ts';
import { against, numberIn, pathOf, valueIn } from '../variables.ts';
import { room } from './room.ts';

export const mtuAboveEncapsulation: Rule = {
  code: 'mtu-above-encapsulation',
  title: 'Packets of pods fit through the tunnel and the interface',
  class: 'harmful',
  description:
    'Small packets pass and large ones vanish: connections open and then hang. IP-in-IP takes 20 bytes of the interface’s MTU, VXLAN and eBPF 50, WireGuard 60.',
  reference: 'kubespray v2.31.0 inventory/sample/group_vars/k8s_cluster/k8s-net-calico.yml:43',
  judge(subject) {
    const left = room(subject);
    // calico_veth_mtu counts only beside calico_mtu (calico-node.yml.j2:103): alone, mtu-without-effect speaks.
    if (left === undefined || valueIn(subject, 'calico_mtu') === undefined) return [];
    const seen = new Set<unknown>();
    return ['calico_mtu', 'calico_veth_mtu'].flatMap((name) => {
      const mtu = numberIn(subject, name);
      const path = pathOf(subject, name);
      if (!(mtu > left.maxMtu) || seen.has(path) || seen.has(mtu)) return [];
      seen.add(path).add(mtu);
      const message = `MTU ${mtu} is more than the ${left.maxMtu} that ${left.what} leaves of ${subject.network.interfaceMtu}`;
      return [
        against(mtuAboveEncapsulation, path, message, `Write ${left.maxMtu} or less; in a stack file, mtu: auto.`),
      ];
    });
  },
};
