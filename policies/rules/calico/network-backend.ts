import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

/** Backends that kubespray takes. */
export const BACKENDS: readonly unknown[] = ['bird', 'vxlan', 'none'];

export const networkBackend: Rule = {
  code: 'network-backend',
  title: 'The backend is bird, vxlan or none',
  class: 'refused',
  description: 'kubespray stops with “calico network backend is not ‘bird’, ‘vxlan’ or ‘none’”.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:106',
  judge(subject) {
    const backend = valueIn(subject, 'calico_network_backend');
    if (backend === undefined || BACKENDS.includes(backend)) return [];
    const path = pathOf(subject, 'calico_network_backend');
    return [against(networkBackend, path, `calico_network_backend is ${show(backend)}`, 'Write bird, vxlan or none.')];
  },
};
