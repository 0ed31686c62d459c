import type { Rule } from './subject.ts';
import { against, isTruthy, pathOf, show, valueIn } from './variables.ts';

const FEATURES = { typha_enabled: 'Typha', calico_apiserver_enabled: 'Calico’s API server' };

export const needsKdd: Rule = {
  code: 'needs-kdd',
  title: 'Typha and Calico’s API server have the Kubernetes datastore',
  class: 'refused',
  description:
    'Both serve what Calico keeps in the Kubernetes API: kubespray stops at either of them with any calico_datastore but kdd.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:211, :220',
  judge(subject) {
    const datastore = valueIn(subject, 'calico_datastore');
    if (datastore === undefined || datastore === 'kdd') return [];
    return Object.entries(FEATURES)
      .filter(([name]) => isTruthy(valueIn(subject, name)))
      .map(([name, what]) => {
        const message = `${what} is on, and calico_datastore is ${show(datastore)}`;
        return against(needsKdd, pathOf(subject, name), message, `Set calico_datastore: kdd, or ${name}: false.`);
      });
  },
};
