import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';
import { guide } from './fixed.ts';

export const firstNodeMoved: Rule = {
  code: 'first-node-moved',
  title: 'The first control-plane and the first etcd node stay first',
  class: 'refused',
  description:
    'A node that comes before the first is taken for the one that all others joined: a new one in its place fails, and an old one changes what every certificate and configuration names.',
  reference: 'kubespray v2.31.0 docs/operations/nodes.md:34, :55',
  judge({ change }) {
    if (change === undefined) return [];
    const { applied, desired } = change;
    const pairs = (['controlPlane', 'etcd'] as const).map(
      (which) => [applied.first[which], desired.first[which]] as const,
    );
    const moved = pairs.filter(
      ([before, after]) =>
        before !== after &&
        before !== '' &&
        after !== '' &&
        desired.hosts[before] !== undefined &&
        !isTemplate(before) &&
        !isTemplate(after),
    );
    return [...new Set(moved.map(([before]) => before))].map((before) => {
      const after = moved.find(([one]) => one === before)?.[1];
      const message = `${before} was first when the cluster was built, and ${after} would be`;
      const hint = `Write ${before} first in kubespray.order, and new names last; ${guide('replace-the-first-control-plane')} has the way to another first.`;
      return against(firstNodeMoved, 'kubespray.order', message, hint);
    });
  },
};
