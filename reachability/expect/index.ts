/** Who must reach whom, and must not: judged in a world of resources, with the change that would mend what is not so. */
import type { Expectation } from '../../cluster/types.ts';
import type { Resource } from '../raw.ts';
import type { WorldOptions } from '../world/world.ts';
import { type Cast, castOf } from './actors.ts';
import { missesOf } from './connections.ts';
import { emptiness } from './ends.ts';
import type { Failure } from './types.ts';
import { failureOf } from './words.ts';

export type { Failure, Mend } from './types.ts';

/**
 * One failure for each expectation that does not hold, in their order; none where all do.
 * @param resources what the world is declared to be, its policies among it
 */
export function judgeExpectations(
  resources: readonly Resource[],
  expectations: readonly Expectation[],
  options: WorldOptions = {},
): Failure[] {
  const cast = castOf(resources, expectations, options);
  return expectations.flatMap((expectation) => judged(cast, expectation, expectations, resources) ?? []);
}

function judged(
  cast: Cast,
  expectation: Expectation,
  all: readonly Expectation[],
  resources: readonly Resource[],
): Failure | undefined {
  const empty = emptiness(cast, expectation.from) ?? emptiness(cast, expectation.to);
  if (empty !== undefined) return { expectation, words: empty, decidedBy: '', further: '' };
  return failureOf(expectation, missesOf(cast, expectation, all), resources);
}
