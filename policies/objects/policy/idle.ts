/** What the three rules about rules that do nothing have in common. */
import type { Idle } from '../../../reachability/analysis/index.ts';
import type { Declared, ObjectFinding } from '../rule.ts';
import { actingIn, nameWith, objectOf } from './acting.ts';
import { connectionText, stepsText } from './words.ts';

/** `same`: nothing comes to it, for rules that do the same. `other`: for rules that do not. */
export type How = 'redundant' | 'same' | 'other';

export function idleFindings(
  declared: Declared,
  how: How,
  text: (idle: Idle, by: string) => [string, string],
): ObjectFinding[] {
  const analysis = actingIn(declared)?.analysis;
  if (analysis === undefined) return [];
  // A Deny that a wide allow makes void is told of there.
  const cancelled = new Set(analysis.cancelled.flatMap(({ rules }) => rules));
  return analysis.idle
    .filter((idle) => howOf(idle) === how && !cancelled.has(idle.unit.step))
    .flatMap((idle) => {
      const { unit, by, cells } = idle;
      const object = objectOf(declared, unit.resource);
      // What says otherwise is the news; what passes on decides nothing by itself.
      const others = by.filter(({ action }) => how !== 'other' || action !== unit.action);
      const deciding = others.toSorted((a, b) => Number(a.action === 'pass') - Number(b.action === 'pass'));
      const [what, hint] = text({ ...idle, by: deciding }, stepsText(analysis, unit.direction, deciding));
      const about = connectionText(analysis, unit.direction, cells);
      const message = `${unit.field} of ${nameWith(unit.resource)} (${unit.text}) ${what}; it is about ${about}`;
      return object === undefined ? [] : [{ urn: object.urn, path: `spec.${unit.field}`, message, hint }];
    });
}

function howOf({ how, by, unit }: Idle): How {
  if (how === 'redundant') return how;
  return by.every(({ action }) => action === unit.action) ? 'same' : 'other';
}
