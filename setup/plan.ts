/** What would be done for each part, found out without changing anything. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isRefusal, type Offer, type PartSpec, placeOf, type Refusal, type World } from './part.ts';
import { isComplete } from './store.ts';

export type Plan =
  | { readonly spec: PartSpec; readonly state: 'there'; readonly where: string }
  /** `next`: the sources after this one, should it turn out not to serve. */
  | { readonly spec: PartSpec; readonly state: 'missing'; readonly offer: Offer; readonly next: PartSpec['sources'] }
  /** Another thing takes its place, and that is said. */
  | { readonly spec: PartSpec; readonly state: 'replaced'; readonly by: string; readonly refusals: readonly Refusal[] }
  | { readonly spec: PartSpec; readonly state: 'impossible'; readonly refusals: readonly Refusal[] };

/** Cheap: no program is started, no address asked. */
export function isThere(spec: PartSpec, world: World): boolean {
  return spec.isThere === undefined ? isComplete(placeOf(spec, world.cache)) : spec.isThere(world);
}

export async function planOf(spec: PartSpec, world: World): Promise<Plan> {
  if (isThere(spec, world)) {
    return { spec, state: 'there', where: spec.isThere === undefined ? placeOf(spec, world.cache) : 'in the system' };
  }
  const { offer, next, refusals } = await firstOffer(spec.sources, world);
  if (offer !== undefined) return { spec, state: 'missing', offer, next };
  if (spec.otherwise !== undefined) return { spec, state: 'replaced', by: spec.otherwise, refusals };
  return { spec, state: 'impossible', refusals };
}

export interface FirstOffer {
  readonly offer: Offer | undefined;
  readonly next: PartSpec['sources'];
  readonly refusals: readonly Refusal[];
}

export async function firstOffer(sources: PartSpec['sources'], world: World): Promise<FirstOffer> {
  const refusals: Refusal[] = [];
  for (const [index, source] of sources.entries()) {
    const answer = await source(world);
    if (!isRefusal(answer)) return { offer: answer, next: sources.slice(index + 1), refusals };
    refusals.push(answer);
  }
  return { offer: undefined, next: [], refusals };
}

/** Where it is written down that a part has to be replaced; asked again after a day, and by every `npm run setup`. */
const day = 24 * 3600 * 1000;
const noteOf = (spec: PartSpec, cache: string): string => join(cache, 'replaced', basename(placeOf(spec, cache)));

export function isKnownReplaced(spec: PartSpec, cache: string): boolean {
  const note = noteOf(spec, cache);
  return spec.otherwise !== undefined && existsSync(note) && Date.now() - statSync(note).mtimeMs < day;
}

export function noteReplaced(spec: PartSpec, cache: string): void {
  mkdirSync(join(cache, 'replaced'), { recursive: true });
  writeFileSync(noteOf(spec, cache), '');
}
