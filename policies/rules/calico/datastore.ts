import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

export const datastore: Rule = {
  code: 'datastore',
  title: 'Calico keeps its objects in the Kubernetes API (kdd), or in etcd',
  class: 'refused',
  description:
    'Any other word, kubernetes too, is only used as a file name, and fails after the control plane is up: “Could not find or access calicoctl.kubernetes.sh.j2”.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:53',
  judge(subject) {
    const value = valueIn(subject, 'calico_datastore');
    if (value === undefined || value === 'kdd' || value === 'etcd') return [];
    const path = pathOf(subject, 'calico_datastore');
    return [against(datastore, path, `calico_datastore is ${show(value)}`, 'Write kdd, or leave it out.')];
  },
};
