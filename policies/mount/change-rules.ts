/** The rules of rules/change as policies on the plan: what a change would do to a cluster that is there. */
import type { ReportViolation, ResourceValidationArgs } from '@pulumi/policy';
import { change } from '../rules/change/index.ts';
import type { Rule } from '../rules/subject.ts';
import { metadataOf, type Policy } from './inventory-rules.ts';
import { reportTo } from './report.ts';
import { PLAN, type Seen } from './seen.ts';

/** Whether a rule judges a change, and not what is declared. */
export function isAboutChange(rule: Rule): boolean {
  return change.includes(rule);
}

/**
 * Only a preview has a plan with a change in it, and only where the last `up` is known: the first one changes nothing, which is
 * why a plan that is not known is none that could not be judged.
 */
export function changePolicyOf(rule: Rule, seen: Seen): Policy {
  const validateResource = (args: ResourceValidationArgs, report: ReportViolation): void => {
    reportTo(report, rule, seen.plan(args.urn, args.props, rule.code).judge(rule));
  };
  return { ...metadataOf(rule), validateResource: Object.assign(validateResource, { __pulumiType: PLAN }) };
}
