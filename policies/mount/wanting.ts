/** The last of the policies: what none before it could judge, and what must be judged whatever is configured. */
import type { ReportViolation, StackValidationArgs } from '@pulumi/policy';
import type { Finding } from '../../cluster/finding.ts';
import { objectRules } from '../objects/index.ts';
import type { ObjectRule, ObjectWant } from '../objects/rule.ts';
import { rules } from '../rules/index.ts';
import { pathOf } from '../rules/variables.ts';
import { isAboutChange } from './change-rules.ts';
import { hasVariables, metadataOf, type Policy } from './inventory-rules.ts';
import { judged, reportObjects } from './object-rules.ts';
import type { Reading, Want } from './reading.ts';
import { reportTo, textOf } from './report.ts';
import { INVENTORY, isKubernetes, PLAN, type Seen, WORLD } from './seen.ts';

/** What its findings have in common with those of a rule. */
export const notJudged = {
  code: 'not-judged',
  title: 'Everything that a rule needs is known',
  class: 'advice',
  description:
    'A value that only the `up` will know, or a template that only Ansible fills, cannot be judged in a preview: it is said, with the rules that wanted it. Set to mandatory, nothing passes unjudged. It cannot be disabled: rules over several resources lean on it.',
} as const;

export function notJudgedPolicy(seen: Seen): Policy {
  return {
    ...metadataOf(notJudged),
    validateResource(args, report) {
      if (isKubernetes(args.type)) seen.object(args.urn, args.props);
      if (args.type === WORLD) seen.world(args.urn, args.props);
      if (args.type === PLAN) {
        // What is not known of a plan is no want: before the first `up` there is nothing to change.
        judgeRest(true, seen.plan(args.urn, args.props, notJudged.code), report);
      }
      if (args.type !== INVENTORY) return;
      const reading = seen.inventory(args.urn, args.props, notJudged.code);
      judgeRest(false, reading, report);
      for (const finding of wanting(reading)) report(textOf(finding));
    },
    validateStack: Object.defineProperty(
      ({ resources }: StackValidationArgs, report: ReportViolation): void => {
        for (const { type, urn, props } of resources) {
          if (type !== INVENTORY || seen.inventories.has(urn) || hasVariables(props)) continue;
          const message = 'this inventory was not declared in this run, and what is kept of it has no variables';
          report(textOf({ ...base, path: '', message, hint: 'Judge the program that declares it.' }), urn);
        }
        for (const rule of unasked(seen)) reportObjects(rule, seen, report);
        for (const { urn, finding } of wantingObjects(seen)) report(textOf(finding), urn === '' ? undefined : urn);
      },
      '__pulumiType',
      { get: () => (unasked(seen).length > 0 || wantingObjects(seen).length > 0 ? undefined : INVENTORY) },
    ),
  };
}

/** Rules over objects that a configuration disabled, and whose findings would be refused on the way. */
function unasked(seen: Seen): ObjectRule[] {
  return objectRules.filter(
    (rule) => rule.class === 'refused' && !seen.asked.has(rule.code) && judged(rule, seen).findings.length > 0,
  );
}

/** What the rules over objects could not judge, each thing once, with the rules that wanted it. */
function wantingObjects(seen: Seen): { urn: string; finding: Finding }[] {
  const wanted = new Map<string, { want: ObjectWant; codes: string[] }>();
  const failed: Finding[] = [];
  for (const rule of objectRules) {
    if (!seen.asked.has(rule.code) && rule.class !== 'refused') continue;
    const { wants, failed: said } = judged(rule, seen);
    for (const want of wants) {
      const key = JSON.stringify([want.urn, want.path, want.why]);
      const known = wanted.get(key) ?? { want, codes: [] };
      known.codes.push(rule.code);
      wanted.set(key, known);
    }
    if (said === undefined) continue;
    const message = `rule ${rule.code} ${whys.failed}: ${said}`;
    failed.push({ ...base, path: '', message, hint: 'Report it with the objects it failed on.' });
  }
  return [
    ...[...wanted.values()].map(({ want: { urn, path, why, hint = WRITE_IT }, codes }) => ({
      urn,
      finding: {
        ...base,
        path,
        message: `${why}, so ${listed(codes)} could not judge it`,
        hint,
      },
    })),
    ...failed.map((finding) => ({ urn: '', finding })),
  ];
}

/** What a configuration disabled, and must be judged all the same: it would be refused on the way. */
function judgeRest(aboutChange: boolean, reading: Reading, report: ReportViolation): void {
  for (const rule of rules) {
    if (rule.class !== 'refused' || reading.asked.has(rule.code) || isAboutChange(rule) !== aboutChange) continue;
    reportTo(report, rule, reading.judge(rule));
  }
}

const base = { code: notJudged.code, class: notJudged.class };

const WRITE_IT = 'Write the value itself where it can be known.';

const whys: Readonly<Record<Want, string>> = {
  unknown: 'is known only after the up',
  template: 'is a template that only Ansible can fill',
  failed: 'failed on these values, which is a mistake of the rule',
};

function wanting(reading: Reading): Finding[] {
  return [...reading.wanting].map(([field, { why, rules: codes, said }]) => ({
    ...base,
    path: why === 'failed' ? '' : pathOf(reading.subject, field),
    message:
      why === 'failed'
        ? `${field} ${whys[why]}: ${said}`
        : `${field} ${whys[why]}, so ${listed([...codes])} could not judge it`,
    hint: why === 'failed' ? 'Report it with the inventory it failed on.' : WRITE_IT,
  }));
}

/** At most six: a whole inventory that is unknown is wanted by every rule. */
function listed(codes: readonly string[]): string {
  return codes.length <= 6 ? codes.join(', ') : `${codes.slice(0, 5).join(', ')} and ${codes.length - 5} more`;
}
