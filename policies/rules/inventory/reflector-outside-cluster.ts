import type { Rule } from '../subject.ts';
import { against, hasKnownGroups } from '../variables.ts';

export const reflectorOutsideCluster: Rule = {
  code: 'reflector-outside-cluster',
  title: 'Route reflectors are hosts of the cluster',
  class: 'refused',
  description:
    'A route reflector is a Calico node: kubespray asks that calico_rr be a child of k8s_cluster. Judged where the groups of the hosts are given with k8s_cluster among them.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:87',
  judge(subject) {
    if (!hasKnownGroups(subject)) return [];
    const isIn = (groups: readonly string[], group: string) => groups.includes(group);
    if (!subject.hosts.some(({ groups }) => isIn(groups, 'k8s_cluster'))) return [];
    return subject.hosts.flatMap(({ name, groups }) => {
      if (!isIn(groups, 'calico_rr') || isIn(groups, 'k8s_cluster')) return [];
      const message = `${name} is in calico_rr and not in k8s_cluster`;
      return [against(reflectorOutsideCluster, `nodes.${name}`, message, 'Make calico_rr a child of k8s_cluster.')];
    });
  },
};
