import { isAddress } from '../../../cluster/cidr.ts';
import type { Rule } from '../subject.ts';
import { against, hasReflectors, isTemplate, pathOf, saidIn, show } from '../variables.ts';

export const reflectorClusterId: Rule = {
  code: 'reflector-cluster-id',
  title: 'Route reflectors have a cluster id',
  class: 'refused',
  description:
    'Where the group calico_rr has hosts, kubespray asks for cluster_id, in the form of an IPv4 address: by it reflectors know each other’s routes and drop them.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:75',
  judge(subject) {
    const id = saidIn(subject, 'cluster_id');
    if (!hasReflectors(subject) || isTemplate(id) || (typeof id === 'string' && isAddress(id))) return [];
    const message = id === undefined ? 'calico_rr has hosts, and there is no cluster_id' : `cluster_id is ${show(id)}`;
    const path = pathOf(subject, 'cluster_id');
    const hint = `Write an IPv4 address that no other reflectors use to ${path}: 1.0.0.1.`;
    return [against(reflectorClusterId, path, message, hint)];
  },
};
