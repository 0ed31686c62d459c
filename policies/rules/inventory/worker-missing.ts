import type { Rule } from '../subject.ts';
import { against, hasKnownGroups } from '../variables.ts';

export const workerMissing: Rule = {
  code: 'worker-missing',
  title: 'There is a node for pods',
  class: 'harmful',
  description:
    'kubespray taints every control-plane node that is not in kube_node as well: without a host in that group the cluster comes up and runs no pod of yours.',
  reference: 'kubespray v2.31.0 roles/kubernetes/control-plane/templates/kubeadm-config.v1beta4.yaml.j2:19',
  judge(subject) {
    if (!hasKnownGroups(subject)) return [];
    if (subject.hosts.length === 0 || subject.hosts.some((host) => host.groups.includes('kube_node'))) return [];
    return [against(workerMissing, 'nodes', 'no host is in kube_node', 'Give one the role worker.')];
  },
};
