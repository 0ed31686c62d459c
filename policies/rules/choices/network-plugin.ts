import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

export const networkPlugin: Rule = {
  code: 'network-plugin',
  title: 'The network is Calico’s',
  class: 'refused',
  description:
    'Another plugin takes away everything that is declared here, and the plugin of a running cluster cannot be changed.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:162',
  judge(subject) {
    const plugin = valueIn(subject, 'kube_network_plugin');
    if (plugin === undefined || plugin === 'calico') return [];
    const path = pathOf(subject, 'kube_network_plugin');
    return [against(networkPlugin, path, `kube_network_plugin is ${show(plugin)}`, 'Write calico, or leave it out.')];
  },
};
