/** Every rule of rules/ as a policy on the inventory, and once more on the stack for an inventory that was not seen as a resource. */
import type {
  EnforcementLevel,
  ReportViolation,
  ResourceRemediation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from '@pulumi/policy';
import { isRecord } from '../../cluster/raw.ts';
import type { Rule } from '../rules/subject.ts';
import { Reading } from './reading.ts';
import { type Described, defaultLevels, reportTo, severities } from './report.ts';
import { INVENTORY, type Seen } from './seen.ts';

/** Resource and stack: the SDK asks a policy for each that it has (1.21.0 server.js). */
export type Policy = ResourceValidationPolicy & Partial<Pick<StackValidationPolicy, 'validateStack'>>;

/** How a rule's finding is put right at the level `remediate`, and what is said on the stack where that was not all of it. */
export interface Remedy {
  remediateResource: ResourceRemediation;
  check(seen: Seen, report: ReportViolation): void;
}

export function policyOf(rule: Rule, seen: Seen, remedy?: Remedy): Policy {
  const validateResource = (args: ResourceValidationArgs, report: ReportViolation): void => {
    reportTo(report, rule, seen.inventory(args.urn, args.props, rule.code).judge(rule));
  };
  const validateStack = ({ resources }: StackValidationArgs, report: ReportViolation): void => {
    for (const { type, urn, props } of resources) {
      if (type !== INVENTORY || seen.inventories.has(urn) || !hasVariables(props)) continue;
      reportTo(report, rule, new Reading(props).judge(rule), urn);
    }
    remedy?.check(seen, report);
  };
  return {
    ...metadataOf(rule),
    ...(remedy === undefined ? {} : { remediateResource: remedy.remediateResource }),
    // The mark that @pulumi/policy's validateResourceOfType puts on: other resources are not even unpacked.
    validateResource: Object.assign(validateResource, { __pulumiType: INVENTORY }),
    // The SDK unpacks the whole stack for each policy that may apply to it: none does where the resources were judged.
    validateStack: Object.defineProperty(validateStack, '__pulumiType', {
      get: () =>
        seen.inventories.size === 0 || (remedy !== undefined && seen.corrected.size > 0)
          ? INVENTORY
          : 'calispray:nothing:Nothing',
    }),
  };
}

export function metadataOf(
  rule: Described & { readonly reference?: string },
): Pick<Policy, 'name' | 'description' | 'enforcementLevel' | 'severity' | 'tags' | 'url'> {
  return {
    name: rule.code,
    description: rule.title,
    enforcementLevel: defaultLevels[rule.class] as EnforcementLevel,
    severity: severities[rule.class],
    tags: [rule.class],
    ...(rule.reference?.startsWith('https://') === true ? { url: rule.reference } : {}),
  };
}

/** Whether there is anything to judge; what is unknown as a whole is not. */
export function hasVariables(props: Readonly<Record<string, unknown>>): boolean {
  try {
    return isRecord(props.variables);
  } catch {
    return false;
  }
}
