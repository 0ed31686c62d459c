/** The levels of a stack's `calispray:policy`: rule → what a violation of it does. Checked before any engine starts. */
import type { Finding } from '../cluster/finding.ts';
import { nearest } from '../cluster/nearest.ts';
import { POLICY_KEY } from './key.ts';
import { type Described, defaultLevels } from './mount/report.ts';
import { notJudged } from './mount/wanting.ts';
import { objectRules } from './objects/index.ts';
import { rules } from './rules/index.ts';

/**
 * - `mandatory`: nothing is touched
 * - `remediate`: put right where there is one right answer, mandatory where it could not be
 * - `advisory`: said, and passed
 * - `disabled`: not judged
 */
export const levels = ['advisory', 'mandatory', 'remediate', 'disabled'] as const;
export type Level = (typeof levels)[number];
export type Levels = Readonly<Record<string, Level>>;

/** A policy of the pack as a configuration sees it. */
export interface Configurable extends Described {
  readonly description: string;
  readonly default: Level;
  /** Levels that it takes. */
  readonly levels: readonly Level[];
}

/** Rules whose finding has one right answer, which `remediate` puts in its place. */
const remedied = new Set(['mtu-above-encapsulation', ...objectRules.filter((r) => r.remedy).map((r) => r.code)]);

/** Every policy, in the pack's order. */
export const configurables: readonly Configurable[] = [...rules, ...objectRules, notJudged].map((rule) => ({
  code: rule.code,
  title: rule.title,
  class: rule.class,
  description: rule.description,
  default: defaultLevels[rule.class] as Level,
  levels:
    rule.class === 'refused'
      ? ['mandatory']
      : levels.filter(
          (level) =>
            (level !== 'remediate' || remedied.has(rule.code)) &&
            // Rules over several resources lean on it, and it is what says that nothing judged.
            (level !== 'disabled' || rule.code !== notJudged.code),
        ),
}));

export type ParsedLevels =
  | { readonly ok: true; readonly levels: Levels }
  | { readonly ok: false; readonly findings: Finding[] };

/** The value of `calispray:policy`; every mistake in it at once. Nothing there means no level of the stack's own. */
export function parseLevels(value: unknown): ParsedLevels {
  if (value === undefined || value === null) return { ok: true, levels: {} };
  if (typeof value !== 'object' || Array.isArray(value)) {
    const hint = 'Write `mtu-above-encapsulation: advisory`, one rule a line.';
    return {
      ok: false,
      findings: [against('policy-level', POLICY_KEY, 'levels are a mapping from rule to level', hint)],
    };
  }
  const findings = Object.entries(value).flatMap(([code, level]) => mistakes(code, level));
  return findings.length > 0 ? { ok: false, findings } : { ok: true, levels: { ...value } as Levels };
}

function mistakes(code: string, level: unknown): Finding[] {
  const path = `${POLICY_KEY}.${code}`;
  const known = configurables.find((policy) => policy.code === code);
  if (known === undefined) {
    const near = nearest(
      code,
      configurables.map((policy) => policy.code),
    );
    const hint = near === undefined ? 'docs/policies-pack.md lists the rules.' : `Did you mean ${near}?`;
    return [against('policy-unknown-rule', path, `there is no rule ${code}`, hint)];
  }
  if (!levels.some((each) => each === level)) {
    const near = typeof level === 'string' ? nearest(level, levels) : undefined;
    const hint = near === undefined ? `Write one of ${known.levels.join(', ')}.` : `Did you mean ${near}?`;
    return [against('policy-level', path, `${JSON.stringify(level)} is no level`, hint)];
  }
  if (known.levels.some((each) => each === level)) return [];
  return [
    known.class === 'refused'
      ? against(
          'policy-lowered',
          path,
          `${code} finds what kubespray would refuse, and stays mandatory`,
          'Leave the level out, and mend what it finds.',
        )
      : against(
          'policy-level',
          path,
          `${code} does not take the level ${level}`,
          `Write one of ${known.levels.join(', ')}.`,
        ),
  ];
}

function against(code: string, path: string, message: string, hint: string): Finding {
  return { code, class: 'refused', path, message, hint };
}

/** The JSON Schema of `calispray:policy`, for editors: schema/policy.schema.json. */
export function levelsSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'calispray:policy',
    description: 'Rule → what a violation of it does in this stack. A rule that is not named keeps its default.',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      configurables
        .toSorted(byCode)
        .map(({ code, title, class: cls, default: level, levels: taken }) => [
          code,
          { description: `${title}. Class: ${cls}.`, enum: taken, default: level },
        ]),
    ),
  };
}

function byCode(a: Configurable, b: Configurable): number {
  return a.code < b.code ? -1 : 1;
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(levelsSchema(), null, 2)}\n`);
