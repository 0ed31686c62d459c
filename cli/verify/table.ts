/** A verification as a table for a person: a line a check, and below it what failed and what is not judged. Pure. */
import { summaryOf, type Verification, type Verified } from '../../kubespray/verify/index.ts';
import { plain } from './progress.ts';

const MARKS = { passed: '✓', failed: '✗', 'not-judged': '–' } as const;

/** From here on the checks of a group that all passed are one line. */
const MANY = 8;
/** Most that is shown of what was seen; `--json` has all of it. */
const SEEN = 100;

/** @param stack its name, for what to do next */
export function tableOf({ checks, seconds, left }: Verification, stack = 'NAME'): string[] {
  const rows = groupsOf(checks).flatMap((group) =>
    group.length >= MANY && group.every(({ outcome }) => outcome === 'passed') ? [together(group)] : group.map(row),
  );
  const width = Math.max(0, ...rows.map(([, name]) => name.length));
  return [
    ...rows.map(([mark, name, seen]) => `${mark} ${name.padEnd(width)}  ${seen}`.trimEnd()),
    ...section('Failed', checks, ({ outcome }) => outcome === 'failed', failureLines),
    ...section('Not judged', checks, ({ outcome }) => outcome === 'not-judged', reasonLines),
    ...(left.length === 0 ? [] : ['', 'Could not be taken away:', ...left.map((line) => `  ${plain(line)}`)]),
    '',
    `${summaryOf(checks)} in ${seconds.toFixed(1)} s.`,
    ...(checks.some(({ outcome }) => outcome === 'failed')
      ? [`\`calispray doctor --stack ${stack}\` looks for the reason.`]
      : []),
  ];
}

/** The claim, what was to be seen and what was, and what to do: as `up` shows it as well (components/remote/verify/). */
export function failureLines({ sentence, required, expected, seen, hint }: Verified): string[] {
  return [
    `  ✗ ${sentence}${required ? '' : ' (optional)'}`,
    `      expected  ${expected}`,
    `      seen      ${plain(seen)}`,
    ...(hint === undefined ? [] : [`      → ${plain(hint)}`]),
  ];
}

function reasonLines({ sentence, seen, hint }: Verified): string[] {
  const why = [seen, ...(hint === undefined || hint === seen ? [] : [hint])].map(plain).filter((text) => text !== '');
  return [`  – ${sentence}`, ...why.map((text) => `      ${text}`)];
}

type Row = readonly [mark: string, name: string, seen: string];

function row({ id, outcome, seen, required }: Verified): Row {
  return [
    MARKS[outcome],
    required ? id : `${id} (optional)`,
    cut(outcome === 'not-judged' ? 'not judged' : plain(seen)),
  ];
}

function together(group: readonly Verified[]): Row {
  return [MARKS.passed, groupOf(group[0] as Verified), `all ${group.length} passed`];
}

function groupsOf(checks: readonly Verified[]): Verified[][] {
  const groups = new Map<string, Verified[]>();
  for (const check of checks) groups.set(groupOf(check), [...(groups.get(groupOf(check)) ?? []), check]);
  return [...groups.values()];
}

function groupOf({ id }: Verified): string {
  return id.split('/')[0] ?? id;
}

function section(
  title: string,
  checks: readonly Verified[],
  isOne: (check: Verified) => boolean,
  lines: (check: Verified) => string[],
): string[] {
  const found = checks.filter(isOne);
  return found.length === 0 ? [] : ['', `${title}:`, ...found.flatMap(lines)];
}

function cut(text: string): string {
  return text.length <= SEEN ? text : `${text.slice(0, SEEN - 1)}…`;
}
