import { rolesOf } from '../../../kubespray/plan/roles.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';
import { guide } from './fixed.ts';
import { ofMembers } from './members.ts';

export const roleGained: Rule = {
  code: 'role-gained',
  title: 'A node of the cluster becomes neither etcd member nor control plane',
  class: 'refused',
  description:
    'kubespray joins a machine that is none of the cluster: “If the node you want to add as an etcd node is already a worker or control plane node in your cluster, you have to remove him first”.',
  reference:
    'kubespray v2.31.0 docs/operations/nodes.md:133, roles/kubernetes/control-plane/tasks/kubeadm-secondary.yml:84',
  judge({ change }) {
    return ofMembers(change, (name, before, after) => {
      if ([...before.groups, ...after.groups].some(isTemplate)) return [];
      const isNode = before.groups.some((group) => group !== 'etcd');
      const gained = after.groups.filter(
        (group) => !before.groups.includes(group) && (group === 'etcd' || group === 'kube_control_plane'),
      );
      if (gained.length === 0 || !isNode) return [];
      const message = `${name} is ${rolesOf(before.groups).join(', ')} in the cluster that is there, and would become ${rolesOf(gained).join(', ')} as well`;
      const hint = `Leave ${rolesOf(gained).join(', ')} out, or take the node out with one \`up\` and add it again with the next (${guide('remove-a-node')}).`;
      return [against(roleGained, `nodes.${name}.roles`, message, hint)];
    });
  },
};
