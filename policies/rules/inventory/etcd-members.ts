import type { Rule } from '../subject.ts';
import { against, hasKnownGroups } from '../variables.ts';

export const etcdMembers: Rule = {
  code: 'etcd-members',
  title: 'The number of etcd members is odd',
  class: 'refused',
  description:
    'An even number of members bears no more failures than one fewer, and kubespray refuses it. Without a group etcd, the control plane counts.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:58',
  judge(subject) {
    if (!hasKnownGroups(subject)) return [];
    const count = (group: string) => subject.hosts.filter((host) => host.groups.includes(group)).length;
    const members = count('etcd') || count('kube_control_plane');
    if (members === 0 || members % 2 === 1) return [];
    const hint = `Give the role etcd to ${members - 1} or ${members + 1} hosts.`;
    return [against(etcdMembers, 'nodes', `${members} hosts are etcd members`, hint)];
  },
};
