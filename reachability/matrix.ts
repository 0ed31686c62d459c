/**
 * Everybody with everybody on one port: pods that no rule tells apart are one class, and one pair of a class stands for all of them.
 */
import { type CompiledRule, setsOf } from './rules.ts';
import type { Query, Verdict } from './types.ts';
import type { PlaceSet } from './world/sets.ts';
import type { Located, Place } from './world/universe.ts';
import { flowOf, meet, type Party, protocolOf, type World } from './world/world.ts';

/** What every connection has in common. */
export type Question = Omit<Query, 'src' | 'dst'>;

export interface Matrix {
  /** Pods of one class reach the same others, and are reached by the same. */
  readonly classes: readonly (readonly Located[])[];
  /** The verdict between two different pods of these classes, by their places in `classes`. */
  readonly verdict: (src: number, dst: number) => Verdict['verdict'];
}

const verdicts = ['deny', 'allow', 'depends'] as const;

/** Undefined where the question's protocol is none. */
export function matrixOf(world: World, question: Question): Matrix | undefined {
  const classes = classesFor(world, question);
  if (classes === undefined) return undefined;
  const cells = new Uint8Array(classes.length ** 2);
  for (const [i, from] of classes.entries()) {
    for (const [j, to] of classes.entries()) {
      const src = from[0] as Located;
      // A class of several is asked between two of them: a pod and itself are no connection.
      const dst = (i === j && to.length > 1 ? to[1] : to[0]) as Located;
      cells[i * classes.length + j] = verdicts.indexOf(verdictBetween(world, partyOf(src), partyOf(dst), question));
    }
  }
  return { classes, verdict: (src, dst) => verdicts[cells[src * classes.length + dst] ?? 0] as Verdict['verdict'] };
}

/** Pods that the question's rules do not tell apart; undefined where its protocol is none. */
export function classesFor(world: World, question: Question): Located[][] | undefined {
  const protocol = protocolOf(question);
  if (protocol === undefined) return undefined;
  const pods = [...world.universe.located.values()].filter(({ endpoint }) => endpoint.kind === 'pod');
  return classesOf(world, pods, protocol, question.port ?? -1);
}

/** `deny` where they have no address of one family. */
export function verdictBetween(world: World, from: Party, to: Party, question: Question): Verdict['verdict'] {
  const ends = meet(from, to);
  const protocol = protocolOf(question);
  if (ends === undefined || protocol === undefined) return 'deny';
  return world.decide(from, to, flowOf({ ...question, src: '', dst: '' }, protocol, ends)).verdict;
}

export function partyOf(located: Located): Party {
  return { places: located.places, located };
}

function classesOf(world: World, pods: readonly Located[], protocol: number, port: number): Located[][] {
  const rules = rulesFor(world, pods, protocol);
  const sets = [...new Set(rules.flatMap((rule) => setsOf(rule, protocol, port)))];
  const plans = new Map<unknown, number>();
  const numberOf = (plan: unknown) => plans.get(plan) ?? plans.set(plan, plans.size).size - 1;
  const byKey = new Map<string, Located[]>();
  for (const pod of pods) {
    const key = [
      numberOf(world.planOf(pod, 'egress')),
      numberOf(world.planOf(pod, 'ingress')),
      JSON.stringify(pod.endpoint.ports),
      ...pod.places.map((place) => `${place.address?.family}${membership(sets, place)}`),
    ].join(' ');
    const alike = byKey.get(key) ?? [];
    byKey.set(key, alike);
    alike.push(pod);
  }
  return [...byKey.values()];
}

/** The rules that may match the protocol, of all that govern one of the pods. */
function rulesFor(world: World, pods: readonly Located[], protocol: number): CompiledRule[] {
  const plans = new Set(pods.flatMap((pod) => [world.planOf(pod, 'egress'), world.planOf(pod, 'ingress')]));
  const rules = new Set(
    [...plans].flatMap(({ tiers }) => tiers.flatMap(({ policies }) => policies.flatMap((p) => p.rules))),
  );
  return [...rules].filter(
    (rule) => (rule.protocol === undefined || rule.protocol === protocol) && rule.notProtocol !== protocol,
  );
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
