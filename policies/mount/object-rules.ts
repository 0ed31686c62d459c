/**
 * Rules over objects and over several resources. They are remedied as resources, which is where the engine lets a policy
 * change something, and judged on the stack, where all of them have been seen.
 */
import type { ReportViolation, ResourceValidationArgs } from '@pulumi/policy';
import type { Finding } from '../../cluster/finding.ts';
import type { Declared, KubernetesObject, ObjectRule } from '../objects/rule.ts';
import { metadataOf, type Policy } from './inventory-rules.ts';
import { NotKnown, type Reading } from './reading.ts';
import { reportTo, say } from './report.ts';
import { isKubernetes, objectOf, type Seen } from './seen.ts';

export function objectPolicyOf(rule: ObjectRule, seen: Seen): Policy {
  const validateStack = (_: unknown, report: ReportViolation): void => {
    const { findings, unjudged } = judged(rule, seen);
    for (const { urn, ...found } of findings) reportTo(report, rule, [finding(rule, found)], urn);
    for (const { urn, text } of unjudged) say(report, rule, text, 'advisory', urn);
  };
  const remedy = rule.remedy?.bind(rule);
  return {
    ...metadataOf(rule),
    ...(remedy === undefined
      ? {}
      : {
          remediateResource(args: ResourceValidationArgs): Record<string, unknown> | undefined {
            if (!isKubernetes(args.type)) return undefined;
            const object = objectOf(args.urn, args.props);
            // What is not known cannot be put right yet: the stack's judgement says so.
            if (rule.concerns?.(object) !== true || unknownOf(rule, object) !== undefined) return undefined;
            const spec = ifKnown(() => remedy(object, declared(rule, seen)));
            if (spec === undefined) return undefined;
            // Assigned and not spread: the proxy keeps what is secret or unknown beside it as it is.
            args.props.spec = spec;
            return args.props;
          },
        }),
    // The SDK unpacks the whole stack for each policy that may apply to it: only for one that has something to say.
    validateStack: Object.defineProperty(validateStack, '__pulumiType', {
      get: () => {
        const { findings, unjudged } = judged(rule, seen);
        return findings.length + unjudged.length > 0 ? undefined : 'calispray:nothing:Nothing';
      },
    }),
  };
}

function judged(rule: ObjectRule, seen: Seen) {
  const concerned = [...seen.objects.values()].filter((object) => rule.concerns?.(object) === true);
  const unjudged = concerned.flatMap((object) => {
    const field = unknownOf(rule, object);
    return field === undefined ? [] : [{ urn: object.urn, text: wanting(field) }];
  });
  if (rule.concerns === undefined ? seen.inventories.size > 1 : concerned.length > 0) {
    for (const [urn, reading] of seen.inventories) {
      for (const name of unknownVariables(rule, reading)) unjudged.push({ urn, text: wanting(name) });
    }
  }
  try {
    return { findings: rule.judge(declared(rule, seen)), unjudged };
  } catch (error) {
    const text =
      error instanceof NotKnown ? wanting(error.field) : `the rule failed, which is a mistake of its own: ${error}`;
    return { findings: [], unjudged: [...unjudged, { urn: '', text }] };
  }
}

/** What the rule can judge of what was seen. */
function declared(rule: ObjectRule, seen: Seen): Declared {
  return {
    inventories: [...seen.inventories]
      .filter(([, reading]) => unknownVariables(rule, reading).length === 0)
      .map(([urn, reading]) => ({ urn, subject: reading.subject })),
    objects: [...seen.objects.values()].filter((object) => unknownOf(rule, object) === undefined),
    worlds: [...seen.worlds.values()],
  };
}

function unknownVariables(rule: ObjectRule, reading: Reading): string[] {
  return rule.variables.filter((name) => reading.isUnknown(name));
}

/** The first field that the rule reads and that is not known: itself, a part of it, or the whole that it is part of. */
function unknownOf(rule: ObjectRule, object: KubernetesObject): string | undefined {
  const within = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}.`);
  return object.unknown.find((path) => rule.fields.some((field) => within(path, field) || within(field, path)));
}

function ifKnown<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function wanting(field: string): string {
  return `could not be judged in a preview: ${field} is known only after the up, or a template that only Ansible can fill`;
}

function finding(rule: ObjectRule, found: Pick<Finding, 'path' | 'message' | 'hint'>): Finding {
  return { code: rule.code, class: rule.class, ...found, reference: rule.reference };
}
