import type { Rule } from './subject.ts';
import { against, valueIn } from './variables.ts';

export const etcdMembers: Rule = {
  code: 'etcd-members',
  title: 'An odd number of etcd members, and a control plane',
  class: 'refused',
  description:
    'An even number of members bears no more failures than one fewer, and kubespray refuses it, as it does an empty kube_control_plane or etcd group.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml “Stop if even number of etcd hosts”',
  judge(subject) {
    const count = (group: string) => subject.hosts.filter((host) => host.groups.includes(group)).length;
    const controlPlane = count('kube_control_plane');
    const etcd = count('etcd');
    const found = [];
    if (controlPlane === 0) {
      found.push(against(etcdMembers, 'nodes', 'no host is in kube_control_plane', 'Give one the role control-plane.'));
    }
    if (etcd === 0 && valueIn(subject, 'etcd_deployment_type') !== 'kubeadm') {
      found.push(against(etcdMembers, 'nodes', 'no host is in etcd', 'Give one or three the role etcd.'));
    }
    const members = etcd === 0 ? controlPlane : etcd;
    if (members > 0 && members % 2 === 0) {
      const hint = `Give the role etcd to ${members - 1} or ${members + 1} hosts.`;
      found.push(against(etcdMembers, 'nodes', `${members} hosts are etcd members`, hint));
    }
    return found;
  },
};
