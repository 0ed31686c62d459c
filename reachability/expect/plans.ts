/** The rules of a plan, in their order. */
import type { Plan } from '../evaluate.ts';
import type { CompiledRule } from '../rules.ts';

export function rulesOf(plan: Plan | undefined): CompiledRule[] {
  return (plan?.tiers ?? []).flatMap(({ policies }) => policies.flatMap(({ rules }) => rules));
}
