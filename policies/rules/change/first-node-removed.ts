import type { Finding } from '../../../cluster/finding.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';
import { guide } from './fixed.ts';

export const firstNodeRemoved: Rule = {
  code: 'first-node-removed',
  title: 'The first control-plane and the first etcd node stay',
  class: 'refused',
  description:
    'kubespray does everything from the first of them, removals too: “Currently cannot remove first control plane node or first etcd node”.',
  reference: 'kubespray v2.31.0 playbooks/remove_node.yml:53, docs/operations/nodes.md:55',
  judge({ change }) {
    if (change === undefined) return [];
    const { applied, desired } = change;
    const roles = new Map<string, string[]>();
    for (const [name, what] of [
      [applied.first.controlPlane, 'control-plane'],
      [applied.first.etcd, 'etcd'],
    ] as const) {
      if (name !== '' && !isTemplate(name) && desired.hosts[name] === undefined)
        roles.set(name, [...(roles.get(name) ?? []), what]);
    }
    return [...roles].map(([name, what]): Finding => {
      const message = `${name} is the first ${what.join(' and ')} node of the cluster that is there, and is to leave it`;
      const hint = `Write nodes.${name} again; ${guide('replace-the-first-control-plane')} has the way to do without it.`;
      return against(firstNodeRemoved, `nodes.${name}`, message, hint);
    });
  },
};
