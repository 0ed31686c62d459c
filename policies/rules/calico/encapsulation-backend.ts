import type { Rule } from '../subject.ts';
import { against, pathOf, sentence, show, toSet, valueIn } from '../variables.ts';
import { MODES } from './encapsulation-mode.ts';
import { BACKENDS } from './network-backend.ts';

export const encapsulationBackend: Rule = {
  code: 'encapsulation-backend',
  title: 'The backend carries the encapsulation',
  class: 'harmful',
  description:
    'IP-in-IP and no encapsulation need BIRD to distribute routes: with another backend the cluster comes up and pods of different nodes never reach each other. VXLAN runs on vxlan or bird.',
  reference: 'kubespray v2.31.0 docs/CNI/calico.md:245',
  judge(subject) {
    const backend = valueIn(subject, 'calico_network_backend');
    const vxlan = valueIn(subject, 'calico_vxlan_mode');
    const ipip = valueIn(subject, 'calico_ipip_mode');
    // What is no backend or no mode at all has rules of its own.
    if (!BACKENDS.includes(backend) || !MODES.includes(vxlan) || !MODES.includes(ipip)) return [];
    const needed = vxlan === 'Never' ? ['bird'] : ['vxlan', 'bird'];
    if (needed.some((name) => name === backend)) return [];
    const what = vxlan !== 'Never' ? 'VXLAN' : ipip === 'Never' ? 'no encapsulation' : 'IP-in-IP';
    return [
      against(
        encapsulationBackend,
        pathOf(subject, 'calico_network_backend'),
        `calico_network_backend is ${show(backend)} with ${what}`,
        sentence(toSet(subject, 'calico_network_backend', needed[0])),
      ),
    ];
  },
};
