import type { Rule } from '../subject.ts';
import { against, hasKnownGroups, isTemplate, saidIn, valueIn } from '../variables.ts';

export const etcdMissing: Rule = {
  code: 'etcd-missing',
  title: 'There is an etcd member, unless kubeadm runs etcd',
  class: 'refused',
  description: 'kubespray stops with “Group ‘etcd’ cannot be empty in external etcd mode”.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:26',
  judge(subject) {
    if (!hasKnownGroups(subject)) return [];
    if (isTemplate(saidIn(subject, 'etcd_deployment_type'))) return [];
    if (valueIn(subject, 'etcd_deployment_type') === 'kubeadm') return [];
    if (subject.hosts.some((host) => host.groups.includes('etcd'))) return [];
    return [against(etcdMissing, 'nodes', 'no host is in etcd', 'Give one or three the role etcd.')];
  },
};
