/** Who must reach whom, and must not: judged in a world of resources, with the change that would mend what is not so. */
import type { Expectation } from '../../cluster/types.ts';
import type { Resource } from '../raw.ts';
import type { WorldOptions } from '../world/world.ts';
import { castOf } from './actors.ts';
import { Apart } from './apart.ts';
import { type Miss, missesOf } from './connections.ts';
import { emptiness } from './ends.ts';
import { budgetFor, mendFor } from './mend/search.ts';
import type { Failure } from './types.ts';
import { failureOf } from './words.ts';

export type { Failure, Mend } from './types.ts';

export interface JudgeOptions extends WorldOptions {
  /** Whether a change that mends is looked for: many worlds are built for it. Default true. */
  readonly mend?: boolean;
}

interface Judged {
  readonly expectation: Expectation;
  /** Why there is nothing to judge. */
  readonly empty: string | undefined;
  readonly misses: readonly Miss[];
}

/**
 * One failure for each expectation that does not hold, in their order; none where all do.
 * @param resources what the world is declared to be, its policies among it
 */
export function judgeExpectations(
  resources: readonly Resource[],
  expectations: readonly Expectation[],
  { mend = true, ...options }: JudgeOptions = {},
): Failure[] {
  if (expectations.length === 0) return [];
  const cast = castOf(resources, expectations, options);
  const apart = new Apart(cast, expectations);
  const judged = expectations.map((expectation): Judged => {
    const empty = emptiness(cast, expectation);
    return { expectation, empty, misses: empty === undefined ? missesOf(apart, expectation) : [] };
  });
  const holding = judged
    .filter(({ empty, misses }) => empty === undefined && misses.length === 0)
    .map(({ expectation }) => expectation);
  const search = { resources, all: expectations, holding, options, budget: budgetFor(resources) };
  return judged.flatMap(({ expectation, empty, misses }): Failure[] => {
    if (empty !== undefined) return [{ expectation, words: empty, decidedBy: '', further: '' }];
    const failure = failureOf(expectation, misses, resources);
    if (failure === undefined) return [];
    // No policy meets two that want the opposite.
    const change = mend && failure.contradicts === undefined ? mendFor(search, cast, expectation, misses) : undefined;
    return [{ ...failure, ...(change && { mend: change }) }];
  });
}
