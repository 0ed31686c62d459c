/**
 * Everybody with everybody on one port: pods that no rule tells apart are one class, and one pair of a class stands for all of them.
 */
import { type Asked, apartOf, keyOf, numbering, rulesOf, setsAsked } from './classes.ts';
import type { Query, Verdict } from './types.ts';
import type { Located } from './world/universe.ts';
import { type Party, protocolOf, type World } from './world/world.ts';

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
  return classesOf(world, pods, { protocol, port: question.port ?? -1 });
}

/** `deny` where they have no address of one family. */
export function verdictBetween(world: World, from: Party, to: Party, question: Question): Verdict['verdict'] {
  const protocol = protocolOf(question);
  return (protocol !== undefined && world.between(from, to, question, protocol)?.verdict) || 'deny';
}

export function partyOf(located: Located): Party {
  return { places: located.places, located };
}

function classesOf(world: World, pods: readonly Located[], asked: Asked): Located[][] {
  const plans = new Set(pods.flatMap((pod) => [world.planOf(pod, 'egress'), world.planOf(pod, 'ingress')]));
  const rules = new Set([...rulesOf(plans, asked), ...rulesOf(world.plansOnTheWay(), asked)]);
  const sets = [...new Set([...setsAsked(rules, 'src', asked), ...setsAsked(rules, 'dst', asked)])];
  const numberOf = numbering();
  const apart = apartOf(world, rules);
  const byKey = new Map<string, Located[]>();
  for (const pod of pods) {
    const own = `${numberOf(world.planOf(pod, 'egress'))} ${numberOf(world.planOf(pod, 'ingress'))}`;
    const key = `${own} ${apart?.(pod) ?? ''}${keyOf(pod, sets)}`;
    const alike = byKey.get(key);
    if (alike === undefined) byKey.set(key, [pod]);
    else alike.push(pod);
  }
  return [...byKey.values()];
}
