import type { Policies } from '@pulumi/policy';
import { changePolicyOf, isAboutChange } from './mount/change-rules.ts';
import { policyOf } from './mount/inventory-rules.ts';
import { mtuRemedy, reportUncorrectedFiles } from './mount/mtu-remedy.ts';
import { objectPolicyOf } from './mount/object-rules.ts';
import { Seen } from './mount/seen.ts';
import { notJudgedPolicy } from './mount/wanting.ts';
import { objectRules } from './objects/index.ts';
import { rules } from './rules/index.ts';

/** Every rule as a policy of the pack. This module has no side effects: index.js starts the pack. */
export function policiesOf(seen = new Seen()): Policies {
  const remedies = { 'mtu-above-encapsulation': { remediateResource: mtuRemedy(seen), check: reportUncorrectedFiles } };
  return [
    ...rules.map((rule) =>
      isAboutChange(rule)
        ? changePolicyOf(rule, seen)
        : policyOf(rule, seen, remedies[rule.code as keyof typeof remedies]),
    ),
    ...objectRules.map((rule) => objectPolicyOf(rule, seen)),
    notJudgedPolicy(seen),
  ];
}

export const policies: Policies = policiesOf();
