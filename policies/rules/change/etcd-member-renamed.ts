import type { Rule } from '../subject.ts';
import { isTemplate } from '../variables.ts';
import { kept } from './fixed.ts';
import { ofMembers } from './members.ts';

export const etcdMemberRenamed: Rule = {
  code: 'etcd-member-renamed',
  title: 'An etcd member keeps its name',
  class: 'refused',
  description:
    'The name is part of what members know of each other: under another one etcd does not start with the others.',
  reference: 'kubespray v2.31.0 roles/etcd/templates/etcd.env.j2',
  judge({ change }) {
    return ofMembers(change, (name, { etcdMember: was }, { etcdMember: is }) => {
      // With the role it comes and goes: role-lost and role-gained speak then.
      if (was === is || was === undefined || is === undefined || isTemplate(was) || isTemplate(is)) return [];
      return [
        kept(
          etcdMemberRenamed,
          `nodes.${name}.etcdMember`,
          `the member of ${name} is ${was}`,
          is,
          was,
          'remove-a-node',
        ),
      ];
    });
  },
};
