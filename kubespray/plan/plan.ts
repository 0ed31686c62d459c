import { differencesOf } from './differences.ts';
import { same } from './digest.ts';
import { stepsOf } from './steps.ts';
import type { Change, Difference, Facts, Plan, Step, StepKind } from './types.ts';

/**
 * What differs between what was carried out and what is declared, and the runs that follow from it. Without anything carried
 * out it is the first run. Where a rule of policies/rules/change refuses something, nothing of the plan is to be carried out.
 */
export function planOf(
  applied: Facts | undefined,
  desired: Facts,
  more: Partial<Pick<Change, 'removeDead' | 'migrate'>> = {},
): Plan {
  const change = applied === undefined ? undefined : { applied, desired, removeDead: more.removeDead ?? [], ...more };
  if (change === undefined) {
    const differences = Object.entries(desired.hosts).map(
      ([name, { address, groups }]): Difference => ({
        sign: '+',
        path: `nodes.${name}`,
        after: { address, groups },
        step: 'build',
      }),
    );
    return { first: true, differences, steps: stepsOf(undefined, desired, {}, differences) };
  }
  if (same(applied, desired)) return { first: false, differences: [], steps: [] };
  const differences = differencesOf(change as Change);
  return { first: false, differences, steps: stepsOf(applied, desired, more, differences) };
}

export type { Step, StepKind };
