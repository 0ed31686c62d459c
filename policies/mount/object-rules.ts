/**
 * Rules over objects and over several resources. They are remedied as resources, which is where the engine lets a policy
 * change something, and judged on the stack, where all of them have been seen.
 */
import type { ReportViolation, ResourceValidationArgs } from '@pulumi/policy';
import { findingFrom } from '../objects/finding.ts';
import type { Declared, KubernetesObject, ObjectFinding, ObjectRule, ObjectWant } from '../objects/rule.ts';
import { nameOf } from '../objects/world.ts';
import { metadataOf, type Policy } from './inventory-rules.ts';
import { NotKnown, type Reading } from './reading.ts';
import { reportTo } from './report.ts';
import { isKubernetes, objectOf, type Seen } from './seen.ts';

export function objectPolicyOf(rule: ObjectRule, seen: Seen): Policy {
  const validateStack = (_: unknown, report: ReportViolation): void => reportObjects(rule, seen, report);
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
        seen.asked.add(rule.code);
        return judged(rule, seen).findings.length > 0 ? undefined : 'calispray:nothing:Nothing';
      },
    }),
  };
}

export function reportObjects(rule: ObjectRule, seen: Seen, report: ReportViolation): void {
  const declared = { worlds: [...seen.worlds.values()], objects: [...seen.objects.values()] };
  for (const found of judged(rule, seen).findings) {
    reportTo(report, rule, [findingFrom(rule, found, declared)], found.urn);
  }
}

export interface Judgement {
  readonly findings: readonly ObjectFinding[];
  /** What the rule could not judge. */
  readonly wants: readonly ObjectWant[];
  /** Where the rule itself failed, which is a mistake of its own. */
  readonly failed?: string;
}

/** Judged once for all that ask, until more is seen. */
export function judged(rule: ObjectRule, seen: Seen): Judgement {
  const known = judgements.get(seen);
  const current = known?.at === seen.changes ? known : { at: seen.changes, of: new Map<ObjectRule, Judgement>() };
  if (current !== known) judgements.set(seen, current);
  const judgement = current.of.get(rule) ?? judge(rule, seen);
  current.of.set(rule, judgement);
  return judgement;
}

const judgements = new WeakMap<Seen, { at: number; of: Map<ObjectRule, Judgement> }>();

function judge(rule: ObjectRule, seen: Seen): Judgement {
  const concerned = [...seen.objects.values()].filter((object) => rule.concerns?.(object) === true);
  const wants: ObjectWant[] = concerned.flatMap((object) => {
    const path = unknownOf(rule, object);
    return path === undefined ? [] : [{ urn: object.urn, path, why: `${path} of ${nameOf(object)} ${LATER}` }];
  });
  if (rule.concerns === undefined ? seen.inventories.size > 1 : concerned.length > 0) {
    for (const [urn, reading] of seen.inventories) {
      for (const path of unknownVariables(rule, reading))
        wants.push({ urn, path, why: `${path} ${LATER_OR_TEMPLATE}` });
    }
  }
  try {
    const whole = declared(rule, seen);
    return { findings: rule.judge(whole), wants: [...wants, ...(rule.wanting?.(whole) ?? [])] };
  } catch (error) {
    if (!(error instanceof NotKnown)) return { findings: [], wants, failed: String(error) };
    return {
      findings: [],
      wants: [...wants, { urn: '', path: error.field, why: `${error.field} ${LATER_OR_TEMPLATE}` }],
    };
  }
}

const LATER = 'is known only after the up';
const LATER_OR_TEMPLATE = `${LATER}, or a template that only Ansible can fill`;

/** What the rule can judge of what was seen. */
function declared(rule: ObjectRule, seen: Seen): Declared {
  const objects = [...seen.objects.values()];
  return {
    inventories: [...seen.inventories]
      .filter(([, reading]) => unknownVariables(rule, reading).length === 0)
      .map(([urn, reading]) => ({ urn, subject: reading.subject })),
    objects: objects.filter((object) => unknownOf(rule, object) === undefined),
    unread: objects.filter((object) => unknownOf(rule, object) !== undefined),
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
