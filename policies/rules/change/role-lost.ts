import { rolesOf } from '../../../kubespray/plan/roles.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';
import { guide } from './fixed.ts';
import { ofMembers } from './members.ts';

export const roleLost: Rule = {
  code: 'role-lost',
  title: 'A node keeps its roles',
  class: 'refused',
  description: 'No playbook takes a role away: what a node ran in it goes on running, and is no longer looked after.',
  reference: 'kubespray v2.31.0 docs/operations/nodes.md',
  judge({ change }) {
    return ofMembers(change, (name, before, after) => {
      if ([...before.groups, ...after.groups].some(isTemplate)) return [];
      const lost = rolesOf(before.groups.filter((group) => !after.groups.includes(group)));
      if (lost.length === 0) return [];
      const message = `${name} is ${rolesOf(before.groups).join(', ')} in the cluster that is there, and would no longer be ${lost.join(', ')}`;
      const hint = `Write ${lost.join(', ')} again, or take the node out with one \`up\` and add it again with the next (${guide('remove-a-node')}).`;
      return [against(roleLost, `nodes.${name}.roles`, message, hint)];
    });
  },
};
