/**
 * What a change opens and closes: pairs of pods whose verdict is another in the new world, put together so that a reviewer reads a line for
 * each kind of pair, not one for each pair. Only pairs are asked of which one end changed or is governed by other policies than before.
 */
import { type Changed, type Common, changedBetween } from './changed.ts';
import { type Asked, apartOf, keyOf, numbering, rulesOf, SHORT, setsAsked, shortKeyOf } from './classes.ts';
import type { Plan } from './evaluate.ts';
import { type Block, type Line, linesOf } from './lines.ts';
import { partyOf, type Question } from './matrix.ts';
import type { Direction, Verdict } from './types.ts';
import type { PlaceSet } from './world/sets.ts';
import type { Located } from './world/universe.ts';
import { flowOf, meet, protocolOf, type World } from './world/world.ts';

export interface Difference {
  /** The ports of which it is true. */
  readonly questions: readonly Question[];
  readonly before: Verdict['verdict'];
  readonly after: Verdict['verdict'];
  /** Each of these to each of those, but for a pod to itself. In the order of their names. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** How many connections that is, of one port each. */
  readonly count: number;
}

/** Pods that are in one world alone are left out: they have nothing to be compared with. Undefined where a question has no protocol. */
export function differences(before: World, after: World, questions: readonly Question[]): Difference[] | undefined {
  const changed = changedBetween(before, after);
  const found: { question: Question; lines: Line[] }[] = [];
  for (const question of questions) {
    const protocol = protocolOf(question);
    if (protocol === undefined) return undefined;
    const asked = { protocol, port: question.port ?? -1, question };
    const blocks = (['egress', 'ingress'] as const).flatMap((side) =>
      new Side(before, after, changed, side).blocks(asked),
    );
    found.push({ question, lines: linesOf(blocks) });
  }
  return together(found);
}

/** Lines that are the same but for the port become one. */
export function together(found: readonly { question: Question; lines: readonly Line[] }[]): Difference[] {
  const all = new Map<string, Difference>();
  for (const { question, lines } of found) {
    for (const line of lines) {
      const key = [line.before, line.after, line.from, line.to].join(' ');
      const known = all.get(key);
      if (known === undefined) all.set(key, { questions: [question], ...line });
      else all.set(key, { ...known, questions: [...known.questions, question], count: known.count + line.count });
    }
  }
  return [...all.values()];
}

type AskedOf = Asked & { readonly question: Question };

/** Pods that nothing tells apart, in both worlds. */
interface Class {
  readonly pods: string[];
  readonly first: Common;
  readonly second?: Common;
  /** Some of what is asked of it is not as it was: it changed itself, or its plan of the far side did. */
  readonly otherwise: boolean;
}

/**
 * Pairs of which the near end is governed otherwise in one direction, or changed: its own rules tell the far ends apart, and the rules of
 * all far ends tell the few near ends apart.
 */
class Side {
  private readonly before: World;
  private readonly after: World;
  private readonly changed: Changed;
  /** The direction of the near end's rules, and that of the far end's. */
  private readonly direction: Direction;
  private readonly opposite: Direction;
  private readonly near: readonly Common[];
  private readonly far: readonly Common[];

  constructor(before: World, after: World, changed: Changed, direction: Direction) {
    this.before = before;
    this.after = after;
    this.changed = changed;
    this.direction = direction;
    this.opposite = direction === 'egress' ? 'ingress' : 'egress';
    const chosen = (side: Direction) => {
      const ids = [...changed.governed[side], ...changed.moved].filter((id) => changed.common.has(id));
      return new Map(ids.map((id) => [id, changed.common.get(id) as Common]));
    };
    this.near = [...chosen(direction).values()];
    // Sources that are governed otherwise have been asked about already.
    const done = direction === 'egress' || this.near.length === 0 ? undefined : chosen('egress');
    const all = [...changed.common.values()];
    this.far = done === undefined ? all : all.filter(({ was }) => !done.has(was.endpoint.id));
  }

  blocks(asked: AskedOf): Block[] {
    if (this.near.length === 0) return [];
    const { nears, fars } = this.classes(asked);
    const found: Block[] = [];
    for (const near of nears) {
      const changes = new Map<string, { before: Verdict['verdict']; after: Verdict['verdict']; pods: string[] }>();
      for (const far of fars) {
        const pair = pairOf(near, far);
        if (pair === undefined) continue;
        const [was, is] = this.verdicts(pair, near.otherwise || far.otherwise, asked);
        if (was === is) continue;
        const change = changes.get(`${was} ${is}`) ?? { before: was, after: is, pods: [] };
        changes.set(`${was} ${is}`, change);
        for (const pod of far.pods) change.pods.push(pod);
      }
      for (const { before, after, pods } of changes.values()) {
        const [from, to] = this.direction === 'egress' ? [near.pods, pods] : [pods, near.pods];
        found.push({ before, after, from, to });
      }
    }
    return found;
  }

  /** The far end's half is as it was where neither end is seen otherwise and its policies are the same. */
  private verdicts({ near, far }: Pair, otherwise: boolean, asked: AskedOf): [Verdict['verdict'], Verdict['verdict']] {
    const was = this.decide(this.before, near.was, far.was, asked);
    if (was === undefined || otherwise) {
      return [was?.verdict ?? 'deny', this.decide(this.after, near.is, far.is, asked)?.verdict ?? 'deny'];
    }
    const kept = was[this.opposite].verdict;
    if (kept === 'deny') return ['deny', 'deny'];
    const own = this.half(near.is, far.is, asked);
    const is = own === 'deny' ? 'deny' : own === 'depends' || kept === 'depends' ? 'depends' : 'allow';
    return [was.verdict, is];
  }

  private decide(world: World, near: Located, far: Located, asked: AskedOf): Verdict | undefined {
    const [from, to] = this.direction === 'egress' ? [partyOf(near), partyOf(far)] : [partyOf(far), partyOf(near)];
    const ends = meet(from, to);
    return ends && world.decide(from, to, flowOf(asked.question, asked.protocol, ends));
  }

  /** What the near end's own policies say in the new world. */
  private half(near: Located, far: Located, asked: AskedOf): Verdict['verdict'] | 'unpoliced' {
    const [from, to] = this.direction === 'egress' ? [near, far] : [far, near];
    const ends = meet(partyOf(from), partyOf(to));
    if (ends === undefined) return 'deny';
    const flow = flowOf(asked.question, asked.protocol, ends);
    return this.after.half(near, this.direction, flow).verdict;
  }

  private classes(asked: AskedOf): { nears: Class[]; fars: Class[] } {
    const { moved, governed, sameSets } = this.changed;
    const [src, dst] = this.direction === 'egress' ? (['src', 'dst'] as const) : (['dst', 'src'] as const);
    const anyMoved = moved.size > 0;
    const otherwise = (id: string) => moved.has(id) || governed[this.opposite].has(id);
    const asIs = ({ was }: Common) => !anyMoved && !otherwise(was.endpoint.id);
    const numberOf = numbering();
    const own = new Map<Plan, PlaceSet[]>();
    const ownSets = (plan: Plan) => {
      const known = own.get(plan) ?? setsAsked(rulesOf([plan], asked), dst, asked);
      own.set(plan, known);
      return known;
    };
    const known = new Set<string>();
    const tellers = (['was', 'is'] as const).map((at) => {
      const world = at === 'was' ? this.before : this.after;
      const plans = (pods: readonly Common[], side: Direction) =>
        new Set(pods.map((pod) => world.planOf(pod[at], side)));
      const nearRules = rulesOf(plans(this.near, this.direction), asked);
      // In the new world the far ends' rules are those of the old one, but for ends that are governed otherwise.
      const fars = at === 'was' ? this.far : this.far.filter((common) => !asIs(common));
      const farRules = rulesOf(plans(fars, this.opposite), asked);
      const passing = rulesOf(world.plansOnTheWay(), asked);
      const all = new Set([...nearRules, ...farRules, ...passing]);
      // Where nothing moved, a set of the same text has said the same already in the old world.
      const fresh = ({ text }: PlaceSet) => anyMoved || !sameSets || text === undefined || !known.has(text);
      const farSets = setsAsked(new Set([...nearRules, ...passing]), dst, asked).filter(fresh);
      for (const { text } of farSets) if (text !== undefined) known.add(text);
      const apart = apartOf(world, all);
      return { at, world, apart, nearSets: setsAsked(all, src, asked), farSets };
    });
    const nears = grouped(
      this.near,
      (id) => moved.has(id),
      (common) => {
        let key = '';
        for (const { at, world, apart, nearSets } of tellers) {
          const pod = common[at];
          key += `${numberOf(world.planOf(pod, this.direction))} ${apart?.(pod) ?? ''}${keyOf(pod, nearSets)}|`;
        }
        return key;
      },
    );
    const short = this.shortKey(tellers, ownSets, numberOf);
    const fars = grouped(this.far, otherwise, (common) => {
      const brief = asIs(common) ? short(common) : undefined;
      if (brief !== undefined) return brief;
      let key = '';
      for (const { at, world, apart, farSets } of tellers) {
        const pod = common[at];
        if (at === 'is' && farSets.length === 0 && apart === undefined && asIs(common)) continue;
        key += `${apart?.(pod) ?? ''}${keyOf(pod, farSets)}`;
        if (at === 'is' && asIs(common)) continue;
        const plan = world.planOf(pod, this.opposite);
        key += `${numberOf(plan)} ${keyOf(pod, ownSets(plan))}|`;
      }
      return key;
    });
    return { nears, fars };
  }

  /** Of a far end that is as it was: its plan, what the near ends' rules say of it, and what its own do. Undefined where that is too much. */
  private shortKey(
    [was, is]: readonly { apart: unknown; farSets: readonly PlaceSet[] }[],
    ownSets: (plan: Plan) => readonly PlaceSet[],
    numberOf: (thing: unknown) => number,
  ): (common: Common) => number | undefined {
    if (was === undefined || is === undefined || was.apart !== undefined || is.apart !== undefined)
      return () => undefined;
    const asked = was.farSets.length + is.farSets.length;
    return (common) => {
      const plan = this.before.planOf(common.was, this.opposite);
      const own = ownSets(plan);
      if (asked + own.length > SHORT) return undefined;
      const first = shortKeyOf(common.was, was.farSets);
      const second = first && shortKeyOf(common.was, own, first);
      const key = is.farSets.length === 0 ? second : second && shortKeyOf(common.is, is.farSets, second);
      return key === undefined ? undefined : numberOf(plan) * 2 ** 36 + key;
    };
  }
}

interface Pair {
  readonly near: Common;
  readonly far: Common;
}

/** Two different pods, one of each class; undefined where there are none. */
function pairOf(near: Class, far: Class): Pair | undefined {
  if (near.first !== far.first) return { near: near.first, far: far.first };
  if (far.second !== undefined) return { near: near.first, far: far.second };
  return near.second && { near: near.second, far: far.first };
}

function grouped(
  pods: readonly Common[],
  otherwise: (id: string) => boolean,
  key: (common: Common) => string | number,
): Class[] {
  const classes = new Map<string | number, { pods: string[]; first: Common; second?: Common; otherwise: boolean }>();
  for (const common of pods) {
    const { id } = common.was.endpoint;
    const apart = otherwise(id);
    const name = apart ? `!${key(common)}` : key(common);
    const known = classes.get(name);
    if (known === undefined) classes.set(name, { pods: [id], first: common, otherwise: apart });
    else {
      known.pods.push(id);
      known.second ??= common;
    }
  }
  return [...classes.values()];
}
