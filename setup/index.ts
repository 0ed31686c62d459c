/** What the command line and the lab use of set-up: paths, and the promise that what they lead to is there. */
import { type EnsureOptions, ensure, type Made } from './ensure.ts';
import type { Part, World } from './part.ts';
import { partNamed } from './parts/index.ts';
import { cacheDirectory } from './paths.ts';
import { table } from './report.ts';
import { publish, type Tools, toolPaths } from './tools.ts';
import { Vendors } from './vendors.ts';

export type { Part } from './part.ts';
export { type Tools, toolPaths } from './tools.ts';

export interface EnsureToolsOptions extends EnsureOptions {
  /** By default `CALISPRAY_CACHE`, else `~/.cache/calispray`. */
  readonly cache?: string;
  /** Gets time and CPU of every part that had to be made, by default a table on standard error; not called for nothing. */
  readonly report?: (made: readonly Made[]) => void;
}

/**
 * Makes sure that these parts are there, and what they need. With all of them in the cache this costs a few `stat`s.
 * Throws a UserError for what the user can mend; nothing half-made is ever left in place.
 */
export async function ensureTools(parts: readonly Part[], options: EnsureToolsOptions = {}): Promise<Tools> {
  const world = worldAt(options.cache ?? cacheDirectory(), options.askAgain === true);
  const made = await ensure(withRequired(parts).map(partNamed), world, options);
  if (made.length > 0) (options.report ?? printTable)(made);
  publish(world.cache);
  return toolPaths(world.cache);
}

function printTable(made: readonly Made[]): void {
  process.stderr.write(`${table(made)}\n`);
}

/** `askAgain`: a site that did not answer some minutes ago is tried once more. */
export function worldAt(cache: string, askAgain: boolean, remember = true): World {
  const environment = process.env;
  const memory = remember ? { memory: cache } : {};
  return {
    cache,
    environment,
    vendors: new Vendors({ environment, ...memory, ...(askAgain ? { memorySeconds: 0 } : {}) }),
  };
}

function withRequired(parts: readonly Part[]): Part[] {
  const all = new Set(parts);
  for (const part of all) for (const required of partNamed(part).requires ?? []) all.add(required);
  return [...all];
}
