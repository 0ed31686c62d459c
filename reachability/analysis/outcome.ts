/** What becomes of a situation, as it is or without some of its rules. */
import type { Policy } from '../policy/policy.ts';
import type { CompiledRule } from '../rules.ts';
import type { Step } from '../types.ts';
import type { Ground, Hit, Situation } from './situations.ts';

/** Left out: policies whole, as if they were for nobody, or rules alone. */
export interface Without {
  readonly policies?: ReadonlySet<Policy>;
  readonly rules?: ReadonlySet<CompiledRule>;
}

export interface Outcome {
  /** `unsure`: a rule may match or not. */
  readonly verdict: 'allow' | 'deny' | 'unsure';
  /** The rule that decides; absent where the end of a tier or a profile does. */
  readonly by?: Hit;
  /** Rules that passed it on to a further tier. */
  readonly passed: readonly Hit[];
  /** The tier at whose end it was denied. */
  readonly tier?: number;
}

export function outcomeOf({ plan }: Ground, { hits }: Situation, without: Without = {}): Outcome {
  const passed: Hit[] = [];
  for (const [tier, { policies, atEnd }] of plan.tiers.entries()) {
    if (policies.every(({ policy }) => without.policies?.has(policy))) continue;
    const first = hits.find((hit) => hit.tier === tier && isLeft(hit, without));
    if (first?.sure === false) return { verdict: 'unsure', by: first, passed };
    const action = first?.step.action ?? atEnd.action;
    if (action === 'pass') {
      if (first !== undefined) passed.push(first);
      continue;
    }
    return { verdict: action, ...(first === undefined ? { tier } : { by: first }), passed };
  }
  return { verdict: plan.atEnd.action === 'allow' ? 'allow' : 'deny', passed };
}

function isLeft({ policy, rule }: Hit, { policies, rules }: Without): boolean {
  return policies?.has(policy) !== true && rules?.has(rule) !== true;
}

export interface Reach {
  /** Rules that some connection comes to. */
  readonly reached: readonly Hit[];
  /** Rules that match and that it never comes to, with what decides before them. */
  readonly unreached: readonly { readonly hit: Hit; readonly by: Step }[];
}

/** In doubt a rule is reached. */
export function reachOf({ plan }: Ground, { hits }: Situation): Reach {
  const reached: Hit[] = [];
  const unreached: { hit: Hit; by: Step }[] = [];
  let decided: Step | undefined;
  for (const [tier, { atEnd }] of plan.tiers.entries()) {
    const mine = hits.filter((hit) => hit.tier === tier);
    if (decided !== undefined) {
      for (const hit of mine) unreached.push({ hit, by: decided });
      continue;
    }
    let by: Step | undefined;
    let mayPass = false;
    for (const hit of mine) {
      if (by !== undefined) unreached.push({ hit, by });
      else reached.push(hit);
      if (by !== undefined) continue;
      if (hit.step.action === 'pass') mayPass = true;
      if (hit.sure) by = hit.step;
    }
    const last = by ?? atEnd;
    if (last.action !== 'pass' && !mayPass) decided = last;
  }
  return { reached, unreached };
}
