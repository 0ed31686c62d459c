/** What tells pods apart on one question: the plans that govern them, and what the sets of rules say of their places. */
import type { Plan } from './evaluate.ts';
import { type CompiledRule, namersOf, setsAt } from './rules.ts';
import type { PlaceSet } from './world/sets.ts';
import { familyOf, type Located, type Place } from './world/universe.ts';
import type { World } from './world/world.ts';

export interface Asked {
  readonly protocol: number;
  /** -1 where nobody said. */
  readonly port: number;
}

/** The rules of these plans that may match the protocol. */
export function rulesOf(plans: Iterable<Plan>, { protocol }: Asked): ReadonlySet<CompiledRule> {
  const rules = new Set<CompiledRule>();
  for (const { tiers } of plans) {
    for (const { policies } of tiers) {
      for (const policy of policies) for (const rule of policy.rules) if (mayMatch(rule, protocol)) rules.add(rule);
    }
  }
  return rules;
}

function mayMatch(rule: CompiledRule, protocol: number): boolean {
  return (rule.protocol === undefined || rule.protocol === protocol) && rule.notProtocol !== protocol;
}

/** What the rules ask of one end. */
export function setsAsked(rules: Iterable<CompiledRule>, end: 'src' | 'dst', { protocol, port }: Asked): PlaceSet[] {
  const sets = new Set<PlaceSet>();
  for (const rule of rules) for (const set of setsAt(rule, end, protocol, port)) sets.add(set);
  return [...sets];
}

/** Pods of one key are the same to rules that ask these sets. */
export function keyOf(pod: Located, sets: readonly PlaceSet[]): string {
  let key = '';
  for (const place of pod.places)
    key += `${familyOf(place) ?? '?'}${sets.length === 0 ? '' : membership(sets, place)} `;
  return key;
}

/** More sets than these have no short key: the number would not be exact. */
export const SHORT = 16;

/**
 * The same as a number, of a pod with one place and few sets: texts for every pod would take half of the time that a difference takes.
 * Undefined of any other pod.
 * @param before the key of what was asked before, so that one number has both
 */
export function shortKeyOf({ places }: Located, sets: readonly PlaceSet[], before = 0): number | undefined {
  const [place] = places;
  if (place === undefined || places.length > 1) return undefined;
  // Never 0, whoever asks for the truth of it.
  let key = before * 8 + (familyOf(place) ?? 0) + 1;
  for (const set of sets) key = key * 3 + set.has(place);
  return key;
}

/** What tells pods apart beside sets: names of ports where rules name any, and nodes where those matter. Undefined: nothing. */
export function apartOf(world: World, rules: Iterable<CompiledRule>): ((pod: Located) => string) | undefined {
  const namers = new Set([...rules].flatMap(namersOf));
  const byName = namers.size > 0;
  const byNode = world.nodesMatter;
  if (!byName && !byNode) return undefined;
  return (pod) => `${byName ? JSON.stringify(pod.endpoint.ports) : ''} ${byNode ? pod.endpoint.node : ''} `;
}

/** The same number for the same thing. */
export function numbering(): (thing: unknown) => number {
  const numbers = new Map<unknown, number>();
  return (thing) => {
    const known = numbers.get(thing);
    if (known !== undefined) return known;
    numbers.set(thing, numbers.size);
    return numbers.size - 1;
  };
}

/** What each set says of the place, eight answers to a character. */
function membership(sets: readonly PlaceSet[], place: Place): string {
  const codes = new Uint16Array(Math.ceil(sets.length / 8));
  for (let i = 0; i < sets.length; i++) {
    codes[i >> 3] = (codes[i >> 3] as number) | ((sets[i] as PlaceSet).has(place) << (2 * (i & 7)));
  }
  let text = '';
  for (const code of codes) text += String.fromCharCode(code);
  return text;
}
