/** Rules that do nothing: nothing comes to them (shadowed), or others would say the same (redundant). */
import { fields, list, texts } from '../raw.ts';
import type { CompiledRule } from '../rules.ts';
import type { Step } from '../types.ts';
import { type Outcome, outcomeOf, reachOf } from './outcome.ts';
import { type Cell, type Ground, isLikely, type Situation } from './situations.ts';
import type { Unit } from './units.ts';

export interface Idle {
  readonly unit: Unit;
  /** `shadowed`: nothing comes to it. `redundant`: without it, every verdict is the same. */
  readonly how: 'shadowed' | 'redundant';
  /** What decides in its place. */
  readonly by: readonly Step[];
  /** Connections that it matches. */
  readonly cells: readonly Cell[];
}

/**
 * Only of rules that match something, on everybody that their policy is for; where a match is in doubt, a rule is not idle. All those
 * returned can be taken away, each alone and all together.
 */
export function idleUnits(units: readonly Unit[], grounds: readonly Ground[]): Idle[] {
  const found = new Map<CompiledRule, Found>();
  for (const ground of grounds) for (const situation of ground.situations) note(found, ground, situation);
  const shadowed = units.flatMap((unit) => alone(unit, (one) => shadowedBy(one, found)));
  const gone = new Set(shadowed.flatMap(({ unit }) => unit.rules));
  const redundant = units.toReversed().flatMap((unit) => {
    if (shadowed.some((idle) => idle.unit === unit)) return [];
    // Of its peers some may be gone already.
    const left = { ...unit, peers: unit.peers.filter(({ rules }) => !rules.every((rule) => gone.has(rule))) };
    return alone(left, (one) => {
      const idle = redundantBy(one, found, gone);
      if (idle !== undefined) for (const rule of one.rules) gone.add(rule);
      return idle;
    });
  });
  // Of a rule that can go whole, its peers need not be named.
  const whole = new Set(redundant.flatMap(({ unit }) => unit.rules));
  const others = shadowed.filter(({ unit }) => !unit.rules.every((rule) => whole.has(rule)));
  return [...others, ...redundant.reverse()];
}

/** The whole, or else each of its peers, but for the last that is left: a rule without a peer would mean everybody. */
function alone(unit: Unit, judge: (unit: Unit) => Idle | undefined): Idle[] {
  const whole = makesDirection(unit) ? undefined : judge(unit);
  if (whole !== undefined) return [whole];
  const idle: Idle[] = [];
  for (const peer of unit.peers) {
    const one = idle.length < unit.peers.length - 1 ? judge(peer) : undefined;
    if (one !== undefined) idle.push(one);
  }
  return idle;
}

/** Where nothing says which directions the policy is about, its last rule of one does: without it, it would be about another. */
function makesDirection({ resource, direction }: Unit): boolean {
  const spec = fields(resource.spec);
  return list(spec[direction]).length === 1 && texts(spec.types ?? spec.policyTypes).length === 0;
}

/** What is known of one rule that Calico makes. */
interface Found {
  reached: boolean;
  /** By what decides before it; and where that is so of somebody who may well be there. */
  readonly by: Map<string, Step>;
  readonly likelyBy: Map<string, Step>;
  readonly in: { readonly ground: Ground; readonly situation: Situation; readonly sure: boolean }[];
}

function note(found: Map<CompiledRule, Found>, ground: Ground, situation: Situation): void {
  const of = (rule: CompiledRule) => {
    const known = found.get(rule) ?? {
      reached: false,
      by: new Map<string, Step>(),
      likelyBy: new Map<string, Step>(),
      in: [],
    };
    found.set(rule, known);
    return known;
  };
  for (const { rule, sure } of situation.hits) of(rule).in.push({ ground, situation, sure });
  const { reached, unreached } = reachOf(ground, situation);
  for (const { rule } of reached) of(rule).reached = true;
  const likely = situation.cells.some(isLikely);
  for (const { hit, by } of unreached) {
    of(hit.rule).by.set(keyOf(by), by);
    if (likely) of(hit.rule).likelyBy.set(keyOf(by), by);
  }
}

function shadowedBy(unit: Unit, found: ReadonlyMap<CompiledRule, Found>): Idle | undefined {
  const each = unit.rules.map((rule) => found.get(rule));
  if (each.some((one) => one === undefined || one.reached || !one.in.some(({ sure }) => sure))) return undefined;
  const known = each as Found[];
  const by = new Map(known.flatMap((one) => [...(one.likelyBy.size > 0 ? one.likelyBy : one.by)]));
  const cells = new Set(known.flatMap((one) => one.in.flatMap(({ situation }) => situation.cells)));
  return { unit, how: 'shadowed', by: [...by.values()], cells: [...cells] };
}

function redundantBy(
  unit: Unit,
  found: ReadonlyMap<CompiledRule, Found>,
  gone: ReadonlySet<CompiledRule>,
): Idle | undefined {
  const by = new Map<string, Step>();
  const situations = new Map(
    unit.rules.flatMap((rule) => found.get(rule)?.in ?? []).map(({ situation, ground }) => [situation, ground]),
  );
  const cells: Cell[] = [];
  for (const [situation, ground] of situations) {
    let changes = false;
    for (const rest of [none, gone]) {
      const before = outcomeOf(ground, situation, { rules: rest });
      const after = outcomeOf(ground, situation, { rules: new Set([...rest, ...unit.rules]) });
      if (before.by === after.by && before.passed.every((hit, i) => hit === after.passed[i])) continue;
      // The end of a tier that denies is no reason to leave a rule out: who writes a policy behind it would open what it closes.
      const instead = insteadOf(unit, before, after);
      if (before.verdict === 'unsure' || before.verdict !== after.verdict || instead === undefined) return undefined;
      by.set(keyOf(instead), instead);
      changes = true;
    }
    if (changes) cells.push(...situation.cells);
  }
  return by.size === 0 ? undefined : { unit, how: 'redundant', by: [...by.values()], cells };
}

const none: ReadonlySet<CompiledRule> = new Set();

/** The rule of the same tier that does what the unit did. */
function insteadOf(unit: Unit, before: Outcome, after: Outcome): Step | undefined {
  const [mine, next] = [before, after].map(({ by, passed }) => (by === undefined ? passed : [...passed, by]));
  const at = mine?.findIndex(({ rule }) => unit.rules.includes(rule)) ?? -1;
  const instead = next?.[at];
  return instead !== undefined && instead.tier === mine?.[at]?.tier && instead.sure ? instead.step : undefined;
}

function keyOf({ tier, kind, policy, index }: Step): string {
  return `${tier} ${kind} ${policy} ${index}`;
}
