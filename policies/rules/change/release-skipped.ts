import { releases } from '../../../cluster/releases.ts';
import type { Rule } from '../subject.ts';
import { against } from '../variables.ts';
import { guide } from './fixed.ts';
import { minorOf, minorsBetween } from './minors.ts';

export const releaseSkipped: Rule = {
  code: 'release-skipped',
  title: 'kubespray goes up one minor at a time',
  class: 'refused',
  description:
    'Each release upgrades from the one before it: what a skipped one would have changed on the way is never done.',
  reference: 'kubespray v2.31.0 docs/operations/upgrades.md “Multiple Upgrades”',
  judge({ change }) {
    if (change === undefined) return [];
    const [before, after] = [change.applied.release.version, change.desired.release.version];
    const between = minorsBetween(before, after);
    if (between.length === 0) return [];
    const way = [...between.map(newest), after].join(', then ');
    const message = `the cluster was built with kubespray ${before}, and ${after} is ${between.length + 1} minors on`;
    const hint = `Write kubespray.version: ${newest(between[0] as string)} first; the way is ${way}, each with an \`up\` of its own (${guide('upgrade')}).`;
    return [against(releaseSkipped, 'kubespray.version', message, hint)];
  },
};

/** The newest release of a minor that is known, or any. */
function newest(minor: string): string {
  return releases.findLast(({ tag }) => minorOf(tag) === minor)?.tag ?? `v${minor}`;
}
