import type { Rule } from '../subject.ts';
import { against, hasIpv6, pathOf, sentence, toSet, valueIn } from '../variables.ts';

export const encapsulation6Backend: Rule = {
  code: 'encapsulation6-backend',
  title: 'The backend carries the encapsulation of IPv6',
  class: 'harmful',
  description:
    'Without a tunnel, IPv6 needs BIRD to distribute its routes, whatever IPv4 does: with another backend pods of different nodes never reach each other over IPv6.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:267, docs/CNI/calico.md:255',
  judge(subject) {
    const backend = valueIn(subject, 'calico_network_backend');
    if (!hasIpv6(subject) || valueIn(subject, 'calico_vxlan_mode_ipv6') !== 'Never') return [];
    // Where IPv4 has no VXLAN either, encapsulation-backend has said so.
    if (valueIn(subject, 'calico_vxlan_mode') === 'Never' || (backend !== 'vxlan' && backend !== 'none')) return [];
    const path = pathOf(subject, 'calico_network_backend');
    const message = `calico_network_backend is ${backend}, and IPv6 has no encapsulation`;
    return [
      against(
        encapsulation6Backend,
        path,
        message,
        sentence(`${toSet(subject, 'calico_network_backend', 'bird')}, or give IPv6 a tunnel`),
      ),
    ];
  },
};
