/** Rules as their authors wrote them, each with those that Calico makes of it: a whole rule, and each of its peers where it has several. */
import type { Policy } from '../policy/policy.ts';
import type { Resource } from '../raw.ts';
import { ruleNamed } from '../rule-names.ts';
import { ruleText } from '../rule-words.ts';
import type { CompiledRule } from '../rules.ts';
import type { Direction, Step } from '../types.ts';
import type { Ground } from './situations.ts';

export interface Unit {
  readonly resource: Resource;
  readonly policy: Policy;
  readonly direction: Direction;
  /** `ingress[0]` of its spec. */
  readonly field: string;
  readonly text: string;
  readonly action: Step['action'];
  /** Of the first of its rules. */
  readonly step: Step;
  readonly rules: readonly CompiledRule[];
  /** `ingress[0].from[1]`, where there are several. */
  readonly peers: readonly Unit[];
}

/** Every rule that decides something, of all policies that are for somebody; in the order in which the first of them is asked. */
export function unitsOf(resources: readonly Resource[], grounds: readonly Ground[]): Unit[] {
  const policies = resources.filter(({ kind }) => kind.endsWith('NetworkPolicy'));
  const seen = new Set<CompiledRule>();
  const units = new Map<string, Draft>();
  for (const { direction, plan } of grounds) {
    for (const { policy, rules, steps } of plan.tiers.flatMap((tier) => tier.policies)) {
      // What host endpoints let through is judged at other places as well.
      if (policy.stage !== 'normal' || policy.onForward === true) continue;
      for (const [i, rule] of rules.entries()) {
        const step = steps[i];
        if (step === undefined || seen.has(rule)) continue;
        seen.add(rule);
        const named = ruleNamed(policies, direction, step);
        if (named?.field === undefined) continue;
        enter(units, { policy, direction, resource: named.resource, field: named.field }, step, rule);
      }
    }
  }
  return [...units.values()].map(unitOf);
}

interface Draft {
  readonly policy: Policy;
  readonly resource: Resource;
  readonly direction: Direction;
  readonly field: string;
  readonly step: Step;
  readonly rules: CompiledRule[];
  readonly peers: Map<string, Draft>;
}

function enter(
  units: Map<string, Draft>,
  of: Pick<Draft, 'policy' | 'direction' | 'resource' | 'field'>,
  step: Step,
  rule: CompiledRule,
): void {
  const [whole = ''] = of.field.split('.');
  const key = `${of.policy.kind} ${of.policy.namespace}/${of.policy.name} ${whole}`;
  const unit: Draft = units.get(key) ?? { ...of, field: whole, step, rules: [], peers: new Map() };
  units.set(key, unit);
  unit.rules.push(rule);
  if (whole === of.field) return;
  const peer: Draft = unit.peers.get(of.field) ?? { ...of, step, rules: [], peers: new Map() };
  unit.peers.set(of.field, peer);
  peer.rules.push(rule);
}

function unitOf({ step, peers, ...draft }: Draft): Unit {
  const [rule, peer] = [...draft.field.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index));
  const text = ruleText(draft.resource, draft.direction, rule ?? 0, peer);
  return { ...draft, step, text, action: step.action, peers: [...peers.values()].map(unitOf) };
}
