/**
 * The smallest change that makes an expectation hold. Every candidate is made to the resources and judged anew: it is offered only if the
 * expectation holds then, and so does every other that held before.
 */
import type { Expectation } from '../../../cluster/types.ts';
import type { Resource } from '../../raw.ts';
import type { Direction, Step } from '../../types.ts';
import type { WorldOptions } from '../../world/world.ts';
import { type Cast, castOf } from '../actors.ts';
import { Apart } from '../apart.ts';
import { type Miss, missesOf } from '../connections.ts';
import { emptiness } from '../ends.ts';
import type { Mend } from '../types.ts';
import { mostTelling } from '../words.ts';
import { type Change, changed } from './change.ts';
import { closings } from './closing.ts';
import { openings } from './opening.ts';

export interface Search {
  readonly resources: readonly Resource[];
  readonly all: readonly Expectation[];
  /** Those that hold, and have to go on holding. */
  readonly holding: readonly Expectation[];
  readonly options: WorldOptions;
  /** How many worlds may still be built; counted down. */
  readonly budget: { left: number };
}

/** So many worlds are built for one expectation at most, and for all together as many as a preview can wait for. */
const TRIES = 24;
const WORK = 60_000;

export function budgetFor(resources: readonly Resource[]): { left: number } {
  return { left: Math.max(3, Math.min(120, Math.floor(WORK / (resources.length + 1)))) };
}

export function mendFor(
  search: Search,
  cast: Cast,
  expectation: Expectation,
  misses: readonly Miss[],
): Mend | undefined {
  const { resources, budget } = search;
  const wanted = { cast, resources, expectation };
  let left = Math.min(TRIES, budget.left);
  const holds = (...changes: Change[]): boolean => {
    if (left <= 0) return false;
    left -= 1;
    budget.left -= 1;
    return changes.length > 0 && makesItHold(search, expectation, changes);
  };
  const changesOn = (direction: Direction) => {
    const steps = stepsOf(misses, direction, expectation.verdict);
    return expectation.verdict === 'allow'
      ? openings(wanted, direction, steps)
      : closings(wanted, direction, steps, search.all);
  };
  const sides = sidesOf(expectation, misses);
  const alone = sides.flatMap((side) => unique(changesOn(side)));
  const found = alone.find((change) => holds(change));
  if (found !== undefined || expectation.verdict === 'deny' || sides.length < 2) return found;
  // Both sides deny: one change of each. What is wrong with one would be so with every other, so the first few of each will do.
  const [egress, ingress] = sides.map((side) => unique(changesOn(side)).slice(0, 4)) as [Change[], Change[]];
  for (const out of egress) {
    for (const into of ingress) if (holds(out, into)) return { ...into, and: out };
  }
  return undefined;
}

/** What is allowed has to be let through by each side that denies; what is denied has to be closed on one, that of who is reached if it can. */
function sidesOf({ verdict }: Expectation, misses: readonly Miss[]): Direction[] {
  const sides = ['egress', 'ingress'] as const;
  const verdicts = misses.flatMap((miss) => miss.verdicts);
  if (verdict === 'allow') {
    return sides.filter((side) =>
      verdicts.some((one) => one[side].verdict === 'deny' || one[side].verdict === 'depends'),
    );
  }
  return sides.toReversed().filter((side) => verdicts.some((one) => one[side].verdict !== 'unpoliced'));
}

/** What decided against the expectation, that of the most telling connection first. */
function stepsOf(misses: readonly Miss[], direction: Direction, verdict: Expectation['verdict']): Step[] {
  const first = mostTelling(misses);
  const found = new Map<string, Step>();
  for (const miss of [...(first === undefined ? [] : [first]), ...misses]) {
    for (const { [direction]: side } of miss.verdicts) {
      const step = side.trace.at(-1);
      if (step === undefined || side.verdict === verdict) continue;
      found.set(`${step.kind} ${step.policy} ${step.index}`, step);
      if (found.size >= 8) return [...found.values()];
    }
  }
  return [...found.values()];
}

function unique(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [JSON.stringify([change.does, change.object]), change])).values()];
}

function makesItHold(
  { resources, all, holding, options }: Search,
  expectation: Expectation,
  changes: readonly Change[],
): boolean {
  const after = changes.reduce<readonly Resource[]>((now, change) => changed(now, change), resources);
  const cast = castOf(after, all, options);
  const apart = new Apart(cast, all);
  const holds = (one: Expectation) => emptiness(cast, one) === undefined && missesOf(apart, one).length === 0;
  return holds(expectation) && holding.every(holds);
}
