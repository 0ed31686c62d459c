/**
 * The smallest change that makes an expectation hold. Every candidate is made to the resources and judged anew: it is offered only if the
 * expectation holds then, and so does every other that held before.
 */
import type { Expectation, ExpectedPorts } from '../../../cluster/types.ts';
import type { Resource } from '../../raw.ts';
import type { Direction, Step, Verdict } from '../../types.ts';
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
const TRIES = 30;
const WORK = 20_000;

export function budgetFor(resources: readonly Resource[]): { left: number } {
  return { left: Math.max(3, Math.min(120, Math.floor(WORK / (resources.length + 1)))) };
}

/** A change of one policy; where none does, of two, as where both sides deny, or two policies let through. */
export function mendFor(
  search: Search,
  cast: Cast,
  expectation: Expectation,
  misses: readonly Miss[],
): Mend | undefined {
  const tries = { left: Math.min(TRIES, search.budget.left) };
  const before = { resources: search.resources, cast, misses };
  const alone = firstThatHolds(search, before, expectation, tries);
  if (alone.found !== undefined) return alone.found;
  const better = alone.tried
    .filter(({ after }) => weight(expectation, after.misses) < weight(expectation, misses))
    .sort((a, b) => weight(expectation, a.after.misses) - weight(expectation, b.after.misses));
  for (const { change, after } of better.slice(0, FIRST)) {
    const { found } = firstThatHolds(search, after, expectation, tries);
    if (found !== undefined) return { ...change, and: found };
  }
  return undefined;
}

/** Of the changes that make it better, these are followed. */
const FIRST = 2;

/** A world in which the expectation does not hold. */
interface State {
  readonly resources: readonly Resource[];
  readonly cast: Cast;
  readonly misses: readonly Miss[];
}

/** `tried`: what did not make it hold, and broke nothing. */
interface Tried {
  readonly found?: Change;
  readonly tried: readonly { readonly change: Change; readonly after: State }[];
}

function firstThatHolds(search: Search, state: State, expectation: Expectation, tries: { left: number }): Tried {
  const tried: { change: Change; after: State }[] = [];
  for (const change of candidates(search, state, expectation)) {
    if (tries.left <= 0) break;
    tries.left -= 1;
    search.budget.left -= 1;
    const after = stateAfter(search, state.resources, change, expectation);
    if (after === undefined) continue;
    if (after.misses.length === 0) return { found: change, tried };
    tried.push({ change, after });
  }
  return { tried };
}

function candidates({ all }: Search, { resources, cast, misses }: State, expectation: Expectation): Change[] {
  const wanted = { cast, resources, expectation };
  const changes = sidesOf(expectation, misses).flatMap((side) => {
    const steps = stepsOf(misses, side, expectation.verdict);
    return expectation.verdict === 'allow' ? openings(wanted, side, steps) : closings(wanted, side, steps, all);
  });
  return [...new Map(changes.map((change) => [JSON.stringify([change.does, change.object]), change])).values()];
}

/** Undefined where one that held does not any more. */
function stateAfter(
  { all, holding, options }: Search,
  before: readonly Resource[],
  change: Change,
  expectation: Expectation,
): State | undefined {
  const resources = changed(before, change);
  const cast = castOf(resources, all, options);
  const apart = new Apart(cast, all);
  const holds = (one: Expectation) => emptiness(cast, one) === undefined && missesOf(apart, one).length === 0;
  return holding.every(holds) ? { resources, cast, misses: missesOf(apart, expectation) } : undefined;
}

/** How much is wrong: connections, and of those that are to be allowed the sides that deny them. */
function weight({ verdict }: Expectation, misses: readonly Miss[]): number {
  const sidesIn = ({ egress, ingress }: Verdict) =>
    verdict === 'deny'
      ? 1
      : [egress, ingress].filter((side) => side.verdict === 'deny' || side.verdict === 'depends').length;
  const width = (ports: ExpectedPorts) => ('first' in ports ? ports.last - ports.first + 1 : 1);
  return misses.reduce(
    (sum, { pairs, ports, verdicts }) =>
      sum + pairs * ports.reduce((of, range, i) => of + width(range) * sidesIn(verdicts[i] as Verdict), 0),
    0,
  );
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
      if (side.verdict === verdict) continue;
      // A rule that passed on may be to blame as well as what came after it.
      for (const step of side.trace.toReversed()) found.set(`${step.kind} ${step.policy} ${step.index}`, step);
      if (found.size >= 8) return [...found.values()];
    }
  }
  return [...found.values()];
}
