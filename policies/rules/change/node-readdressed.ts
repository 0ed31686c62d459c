import type { Rule } from '../subject.ts';
import { isTemplate } from '../variables.ts';
import { kept } from './fixed.ts';
import { ofMembers } from './members.ts';

export const nodeReaddressed: Rule = {
  code: 'node-readdressed',
  title: 'A node keeps its address',
  class: 'refused',
  description:
    'Certificates, etcd and kubelet have the address that a node joined with: under another one it is a node that nobody knows.',
  reference:
    'kubespray v2.31.0 roles/etcd/templates/openssl.conf.j2, roles/kubernetes/node/templates/kubelet.env.v1beta1.j2',
  judge({ change }) {
    return ofMembers(change, (name, before, after) =>
      (['address', 'address6'] as const).flatMap((key) => {
        const [was, is] = [before[key], after[key]];
        // One stack more or less is the matter of stacks-changed.
        if (was === is || was === undefined || is === undefined || isTemplate(was) || isTemplate(is)) return [];
        return [kept(nodeReaddressed, `nodes.${name}.${key}`, `${name} has ${was}`, is, was, 're-address-a-node')];
      }),
    );
  },
};
