import type { Policies, ResourceValidationArgs, ResourceValidationPolicy } from '@pulumi/policy';
import { type Finding, formatFinding } from '../cluster/finding.ts';
import { complete, type Rule, rules, type Subject } from './rules/index.ts';

/** Type of the component whose inputs are a Subject; other programs that use it are judged the same way. */
const INVENTORY = 'calispray:kubespray:Inventory';

/** Every rule as a policy of the pack. this module has no side effects: index.js starts the pack. */
export const policies: Policies = rules.map(policyOf);

function policyOf(rule: Rule): ResourceValidationPolicy {
  const validateResource = ({ props }: ResourceValidationArgs, report: (message: string) => void): void => {
    for (const finding of rule.judge(complete(props as Partial<Subject>))) report(messageOf(finding));
  };
  return {
    name: rule.code,
    description: rule.title,
    enforcementLevel: rule.class === 'advice' ? 'advisory' : 'mandatory',
    severity: { refused: 'critical', harmful: 'high', advice: 'low' }[rule.class] as 'critical' | 'high' | 'low',
    // The mark that @pulumi/policy's validateResourceOfType puts on: other resources are not even unpacked.
    validateResource: Object.assign(validateResource, { __pulumiType: INVENTORY }),
  };
}

/** The finding without its code, which the engine prints as the policy's name. */
function messageOf(finding: Finding): string {
  return formatFinding(finding).replace(`${finding.class} ${finding.code} `, `${finding.class} `);
}
