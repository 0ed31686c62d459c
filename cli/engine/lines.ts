/** A journal as lines for a person: what will change, what happens now, what came of it. */
import { formatFinding } from '../../cluster/finding.ts';
import { changeLines } from './diff.ts';
import type { Act, Change, Diagnostic, Journal, Remediation, Told, Violation } from './journal.ts';
import { labelOfUrn } from './label.ts';
import { connectionLines, onlyConnection, onlyReads, readingLines, worthShowing } from './own.ts';

const marks: Readonly<Record<Act, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '-',
  read: '<',
  same: ' ',
};
const pasts: Readonly<Record<Act, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  read: 'read',
  same: 'unchanged',
};
const presents: Readonly<Record<Act, string>> = {
  create: 'creating',
  update: 'updating',
  replace: 'replacing',
  delete: 'deleting',
  read: 'reading',
  same: 'unchanged',
};

/** Longest message shown of one diagnostic: a command's output may be a whole build. */
const MESSAGE_LINES = 30;
const LINE_LENGTH = 400;

/** What a preview found: one line a resource, below it what of its properties the plan does not say already. */
export function resourceLines(journal: Journal): string[] {
  const resources = journal.changed().flatMap((change) => {
    if (onlyConnection(change) || onlyReads(change)) return [];
    const indent = '  '.repeat(journal.depth(change) + 1);
    const { properties, names } = worthShowing(change, journal);
    return [
      `${indent}${marks[change.act]} ${change.label}`,
      ...names.map((name) => `${indent}    ~ ${name}`),
      ...properties.flatMap((property) => changeLines(property).map((line) => `${indent}    ${line}`)),
    ];
  });
  const lines = [...connectionLines(journal), ...resources, ...readingLines(journal)];
  return [...lines, ...(lines.length > 0 ? [''] : []), countLine(journal, 'planned')];
}

/** `12 to create, 1 to update, 30 unchanged`, or `12 created, 1 failed, 30 unchanged`. */
export function countLine(journal: Journal, when: 'planned' | 'over'): string {
  const changes = journal.changed();
  const parts = (['create', 'update', 'replace', 'delete', 'read'] as const).flatMap((act) => {
    const number = changes.filter((c) => c.act === act && (when === 'planned' || c.state === 'done')).length;
    return number === 0 ? [] : [when === 'planned' ? `${number} to ${act}` : `${number} ${pasts[act]}`];
  });
  const unfinished = when === 'planned' ? [] : changes.filter((c) => c.state !== 'done');
  if (unfinished.length > 0) parts.push(`${unfinished.length} not done`);
  if (parts.length === 0) parts.push(journal.outputsDiffer ? 'only outputs change' : 'no change');
  return [...parts, ...(journal.same > 0 ? [`${journal.same} unchanged`] : [])].join(', ');
}

/** What is said of an event as it comes; nothing of most. */
export function toldLines(told: Told): string[] {
  switch (told.kind) {
    case 'begun':
    case 'violation':
    case 'remediation':
      return [];
    case 'ended':
      return told.change.custom || told.change.state === 'failed' ? [endLine(told.change)] : [];
    case 'diagnostic':
      return diagnosticLines(told.diagnostic);
  }
}

/** Said when nothing else was for a while: what is being done, and since when. */
export function busyLine(changes: readonly Change[], seconds: number): string {
  return `  … ${changes.map((change) => `${presents[change.act]} ${change.label}`).join(', ')} (${seconds.toFixed(0)} s)`;
}

function endLine(change: Change): string {
  const time = change.seconds === undefined ? '' : `  ${change.seconds.toFixed(1)} s`;
  return change.state === 'failed'
    ? `  ✗ ${change.label} could not be ${pasts[change.act]}${time}`
    : `  ✓ ${change.label} ${pasts[change.act]}${time}`;
}

/** A command's output, a warning or an error, under the name of its resource and bounded in length. */
export function diagnosticLines(diagnostic: Diagnostic): string[] {
  const lines = withoutStack(diagnostic.message)
    .split('\n')
    .map((line) => (line.length <= LINE_LENGTH ? line : `${line.slice(0, LINE_LENGTH - 1)}…`));
  const kept =
    lines.length <= MESSAGE_LINES
      ? lines
      : [`… ${lines.length - MESSAGE_LINES} lines before these`, ...lines.slice(-MESSAGE_LINES)];
  const source = diagnostic.urn === undefined || isStack(diagnostic.urn) ? '' : `${labelOfUrn(diagnostic.urn)}: `;
  const mark = diagnostic.severity === 'info' ? '|' : diagnostic.severity === 'warning' ? 'warning:' : 'error:';
  return kept.map((line, at) => `    ${at === 0 ? `${mark} ${source}` : '| '}${line}`);
}

/** A mistake of the user, thrown inside the program, arrives with Node's stack; only a bug may show one. */
export function withoutStack(message: string): string {
  if (!/\bUserError: /.test(message)) return message;
  return message
    .replace(/^(Unhandled exception: )?(Error: )?UserError: /, '')
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n');
}

/** What rules put right, as sentences: the run is carried out with it, the stack's file still says otherwise. */
export function remediationLines(remediations: readonly Remediation[]): string[] {
  return remediations.flatMap(({ rule, urn, changes }) => [
    `remedied ${rule} in ${labelOfUrn(urn)}`,
    ...changes.flatMap((each) => changeLines(each).map((line) => `  ${line}`)),
  ]);
}

/** What the rules say, in the form `calispray check` has; another pack's words under its rule's name and resource. */
export function violationLines(violations: readonly Violation[]): string[] {
  return violations.flatMap((violation) => {
    if (violation.finding !== undefined) return formatFinding(violation.finding).split('\n');
    const where = violation.urn === undefined || isStack(violation.urn) ? '' : ` (${labelOfUrn(violation.urn)})`;
    const [first = '', ...rest] = violation.message.split('\n');
    return [
      `${violation.mandatory ? 'violation' : 'advice'} ${violation.rule}${where}`,
      `  ${first}`,
      ...rest.map((l) => `  ${l}`),
    ];
  });
}

function isStack(urn: string): boolean {
  return urn.includes('::pulumi:pulumi:Stack::');
}
