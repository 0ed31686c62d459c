import { differencesOf } from './differences.ts';
import { same } from './digest.ts';
import { joins } from './host-differences.ts';
import { stepsOf } from './steps.ts';
import type { Change, Facts, Plan } from './types.ts';

/**
 * What differs between what was carried out and what is declared, and the runs that follow from it. Without anything carried
 * out it is the first run. A difference without a step is one that no run can make: a rule of policies/rules/change refuses
 * it, and nothing is carried out then.
 */
export function planOf(
  applied: Facts | undefined,
  desired: Facts,
  { removeDead = [], migrate }: Partial<Pick<Change, 'removeDead' | 'migrate'>> = {},
): Plan {
  if (applied === undefined) {
    const differences = Object.entries(desired.hosts).map(([name, host]) => joins(name, host, 'build'));
    return { first: true, differences, steps: stepsOf({ desired, differences }) };
  }
  if (same(applied, desired)) return { first: false, differences: [], steps: [] };
  const differences = differencesOf({ applied, desired, removeDead, ...(migrate === undefined ? {} : { migrate }) });
  const possible = differences.every(({ step }) => step !== undefined);
  return { first: false, differences, steps: possible ? stepsOf({ applied, desired, migrate, differences }) : [] };
}
