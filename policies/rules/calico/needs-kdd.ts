import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, sentence, toSet, valueIn } from '../variables.ts';

const FEATURES = { typha_enabled: 'Typha', calico_apiserver_enabled: 'Calico’s API server' };

export const needsKdd: Rule = {
  code: 'needs-kdd',
  title: 'Typha and Calico’s API server have the Kubernetes datastore',
  class: 'refused',
  description:
    'Both serve what Calico keeps in the Kubernetes API: kubespray stops at either of them with calico_datastore etcd.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:211, :220',
  judge(subject) {
    // A word that is no datastore at all is judged by datastore.
    if (valueIn(subject, 'calico_datastore') !== 'etcd') return [];
    return Object.entries(FEATURES)
      .filter(([name]) => isTruthy(valueIn(subject, name)))
      .map(([name, what]) => {
        const path = pathOf(subject, name);
        const hint = sentence(`${toSet(subject, 'calico_datastore', 'kdd')}, or leave ${path} out`);
        return against(needsKdd, path, `${what} is on, and calico_datastore is etcd`, hint);
      });
  },
};
