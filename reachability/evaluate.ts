/**
 * One side of a connection: tiers, their policies, their rules, the ends of tiers, the profiles (v3.32.1 app-policy/checker/check.go
 * checkTiers). The first rule that matches decides; Log goes on, Pass goes on in the next tier.
 */
import type { Policy } from './policy/policy.ts';
import { type CompiledRule, doubtsOf, type Flow, matchRule } from './rules.ts';
import type { Side, Step } from './types.ts';
import { maybe, no } from './world/sets.ts';

/** What governs the endpoints of one group in one direction. */
export interface Plan {
  /** Those alone that have a policy for them. */
  readonly tiers: readonly PlannedTier[];
  /** What is decided once every tier has passed. */
  readonly atEnd: Step;
}

export interface PlannedTier {
  readonly policies: readonly PlannedPolicy[];
  /** The end of the tier; in its name speaks the first policy. */
  readonly atEnd: Step;
  /** None of its policies is for the endpoint for certain, so that the tier may be none of its. */
  readonly doubtful?: boolean;
}

export interface PlannedPolicy {
  readonly policy: Policy;
  readonly rules: readonly CompiledRule[];
  /** What each rule says when it matches; a rule of action Log says nothing. */
  readonly steps: readonly (Step | undefined)[];
  /** On what it hangs whether the policy is for the endpoint at all; absent where it is. */
  readonly doubt?: string;
}

export function evaluate(plan: Plan, flow: Flow): Side {
  let passed: Step[] | undefined;
  for (let t = 0; t < plan.tiers.length; t++) {
    const step = decideTier(plan.tiers[t] as PlannedTier, flow);
    if (step === 'unsure') return weigh(plan, flow, t, passed ?? []);
    if (step.action !== 'pass') return decided(passed, step);
    if (passed === undefined) passed = [step];
    else passed.push(step);
  }
  return decided(passed, plan.atEnd);
}

function decideTier({ policies, atEnd, doubtful }: PlannedTier, flow: Flow): Step | 'unsure' {
  for (let p = 0; p < policies.length; p++) {
    const { rules, steps, doubt } = policies[p] as PlannedPolicy;
    for (let r = 0; r < rules.length; r++) {
      const step = steps[r];
      if (step === undefined) continue;
      const truth = matchRule(rules[r] as CompiledRule, flow);
      if (truth === no) continue;
      return truth === maybe || doubt !== undefined ? 'unsure' : step;
    }
  }
  return doubtful === true ? 'unsure' : atEnd;
}

const alone = new WeakMap<Step, Side>();

function decided(passed: readonly Step[] | undefined, step: Step): Side {
  const verdict = step.action === 'deny' ? 'deny' : 'allow';
  if (passed !== undefined) return { verdict, trace: [...passed, step] };
  const known = alone.get(step) ?? { verdict, trace: [step] };
  alone.set(step, known);
  return known;
}

/**
 * The rare case: a rule that may match or not. Both ways are followed; where they end alike, the doubt does not matter. The trace told is
 * that of the way on which no doubtful rule matches.
 */
function weigh(plan: Plan, flow: Flow, from: number, passed: readonly Step[]): Side {
  const on = new Set<string>();
  const verdicts = new Set<'allow' | 'deny'>();
  let trace: readonly Step[] | undefined;
  const seen = new Set<number>();

  const follow = (t: number, way: readonly Step[], certain: boolean): void => {
    if (!certain && seen.has(t)) return;
    seen.add(t);
    const tier = plan.tiers[t];
    const steps: Possible = tier === undefined ? { doubtful: [], last: plan.atEnd } : possible(tier, flow, on);
    for (const step of steps.doubtful) arrive(t, step, way, false);
    if (steps.last === undefined) follow(t + 1, way, certain);
    else arrive(t, steps.last, way, certain);
  };
  const arrive = (t: number, step: Step, way: readonly Step[], certain: boolean): void => {
    if (step.action === 'pass') follow(t + 1, [...way, step], certain);
    else {
      verdicts.add(step.action);
      if (certain) trace = [...way, step];
    }
  };

  follow(from, passed, true);
  const [only] = verdicts;
  const told = { trace: trace ?? [] };
  if (verdicts.size === 1 && only !== undefined) return { verdict: only, ...told };
  return { verdict: 'depends', ...told, on: [...on] };
}

interface Possible {
  readonly doubtful: readonly Step[];
  /** What it comes to where nothing doubtful holds; undefined: then no policy of the tier is for the endpoint, and the next tier is asked. */
  readonly last?: Step;
}

/** The steps that the tier may come to. */
function possible({ policies, atEnd, doubtful }: PlannedTier, flow: Flow, on: Set<string>): Possible {
  const found: Step[] = [];
  let toItsEnd = false;
  for (const { policy, rules, steps, doubt } of policies) {
    let matched = false;
    for (let r = 0; r < rules.length && !matched; r++) {
      const [step, rule] = [steps[r], rules[r] as CompiledRule];
      const truth = step === undefined ? no : matchRule(rule, flow);
      if (step === undefined || truth === no) continue;
      const place = `(rule ${step.index} of ${step.kind} ${step.policy})`;
      if (truth === maybe) for (const what of doubtsOf(rule, flow)) on.add(`${what} ${place}`);
      else if (doubt === undefined) return { doubtful: found, last: step };
      else matched = true;
      if (doubt !== undefined) on.add(`${doubt} ${place}`);
      found.push(step);
    }
    if (doubtful === true && !matched) {
      toItsEnd = true;
      on.add(`${doubt} (${policy.kind} ${policy.name})`);
    }
  }
  if (doubtful !== true) return { doubtful: found, last: atEnd };
  return { doubtful: toItsEnd ? [...found, atEnd] : found };
}
