/** What a change opens and closes, as a reviewer reads it: a line for what changes alike, the largest first. */
import {
  type Change,
  type Compared,
  type Direction,
  type Everybody,
  type Grain,
  inWords,
  listed,
  type Resource,
  type Side,
  type Verdict,
  type World,
} from '../../reachability/index.ts';
import { decided, doubtWords } from './steps.ts';
import { portsText } from './views.ts';

export const diffFormats = ['text', 'json', 'markdown'] as const;
export type DiffFormat = (typeof diffFormats)[number];

/** Lines that are told where not all are asked for. */
const MOST = 20;

export interface Told {
  readonly change: 'opened' | 'closed' | 'unsure';
  readonly before: Verdict['verdict'];
  readonly after: Verdict['verdict'];
  readonly ports: string;
  /** In few words. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly pairs: number;
  /** Of one of these connections: what decided it, and what decides it now. */
  readonly was?: string;
  readonly is?: string;
  readonly exact: Change;
}

export interface Report {
  readonly lines: readonly Told[];
  /** Workloads that one side alone has, so that nothing of them is compared. */
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

interface Decider {
  readonly world: World;
  readonly resources: readonly Resource[];
}

export function told(
  { changes, ...compared }: Compared,
  workloads: ReadonlyMap<string, string>,
  grain: Grain,
  before: Decider,
  after: Decider,
): Told[] {
  const outside = [...compared.outside.keys()];
  const everybody: Everybody = { ...compared, outside, workloads };
  // Nothing comes from a link-local address, so all the others are the outside as a source.
  const sources = { ...everybody, outside: outside.filter((name) => compared.outside.get(name)?.linkLocal !== true) };
  const lines = changes.map((exact): Told => {
    const why = whyOf(exact, compared, before, after);
    return {
      change: exact.after === 'allow' ? 'opened' : exact.after === 'deny' ? 'closed' : 'unsure',
      before: exact.before,
      after: exact.after,
      ports: portsText({ allow: exact.ports, some: [] }),
      from: inWords(exact.from, sources, grain),
      to: inWords(exact.to, everybody, grain),
      pairs: pairsOf(exact),
      ...why,
      exact,
    };
  });
  const order = ['opened', 'closed', 'unsure'];
  return lines.sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change) || b.pairs - a.pairs);
}

function pairsOf({ from, to }: Change): number {
  const targets = new Set(to);
  return from.length * to.length - from.filter((one) => targets.has(one)).length;
}

/** The side that denies, or did, and what it says in both worlds. */
function whyOf(change: Change, { outside }: Omit<Compared, 'changes'>, before: Decider, after: Decider) {
  const src = change.from.find((one) => change.to.some((other) => other !== one));
  const dst = change.to.find((one) => one !== src);
  const [range] = change.ports;
  if (src === undefined || dst === undefined || range === undefined) return {};
  const address = (name: string) => outside.get(name)?.address ?? name;
  const query = { src: address(src), dst: address(dst), proto: range.proto, port: range.first, srcPort: 40000 };
  const [was, is] = [before.world.ask(query), after.world.ask(query)];
  if (!was.ok || !is.ok) return {};
  const denying = [was, is].find(({ verdict }) => verdict.verdict === 'deny')?.verdict ?? was.verdict;
  const at = Math.max(
    0,
    sidesOf(denying).findIndex(({ side }) => side.verdict === denying.verdict),
  );
  const said = (decider: Decider, verdict: Verdict) => {
    const { side, direction } = sidesOf(verdict)[at] ?? {};
    if (side === undefined || direction === undefined) return 'nothing polices it';
    const step = decided(side, direction, decider.resources);
    const on = (side.on ?? []).map((doubt) => doubtWords(doubt, direction, decider.resources));
    return `${direction} ${step ?? `${side.verdict}${on.length === 0 ? '' : ` on ${on.join(', ')}`}`}`;
  };
  return { was: said(before, was.verdict), is: said(after, is.verdict) };
}

/** Source, target and the hosts on the way, which may deny what both allow. */
function sidesOf({ egress, ingress, way = [] }: Verdict): { side: Side; direction: Direction }[] {
  return [{ side: egress, direction: 'egress' }, { side: ingress, direction: 'ingress' }, ...way];
}

export function changeLines(format: DiffFormat, { lines, gone, come }: Report, all: boolean, why: boolean): string[] {
  if (format === 'json') {
    return [
      ...lines.map(({ exact, ...one }) =>
        JSON.stringify({ ...one, fromExact: exact.from, toExact: exact.to, ranges: exact.ports }),
      ),
      ...(gone.length + come.length === 0 ? [] : [JSON.stringify({ change: 'workloads', gone, come })]),
    ];
  }
  const shown = all ? lines : lines.slice(0, MOST);
  const left = lines.slice(shown.length);
  return format === 'text'
    ? text(shown, left, { lines, gone, come }, why)
    : markdown(shown, left, { lines, gone, come });
}

const nothing = 'No connection is opened or closed.';

function text(shown: readonly Told[], left: readonly Told[], report: Report, why: boolean): string[] {
  const width = Math.max(0, ...shown.map(({ ports }) => ports.length).filter((length) => length < 30));
  return [
    ...shown.flatMap(({ change, before, after, ports, from, to, was, is }) => [
      `${change}  ${ports.padEnd(width)}  ${listed(from)} -> ${listed(to)}${usual(before, after) ? '' : ` (${before} -> ${after})`}`,
      ...(why && was !== undefined ? [`          was: ${was}`, `          is:  ${is}`] : []),
    ]),
    ...(left.length > 0
      ? [`and ${left.length} more lines for ${count(left)} pairs: --all tells them, --by namespace puts more together`]
      : []),
    ...(report.lines.length === 0 ? [nothing] : [summary(report.lines)]),
    ...apart(report),
  ];
}

function usual(before: string, after: string): boolean {
  return before !== 'depends' && after !== 'depends';
}

function apart({ gone, come }: Report): string[] {
  return [
    ...(come.length === 0 ? [] : [`Only in the new world, and not compared: ${listed(come)}`]),
    ...(gone.length === 0 ? [] : [`Only in the old world, and not compared: ${listed(gone)}`]),
  ];
}

/** `opened: 3 pairs (1 line); closed: 200 pairs (2 lines)`: a pair counts once for each line that it is in. */
function summary(lines: readonly Told[]): string {
  return (['opened', 'closed', 'unsure'] as const)
    .map((change) => [change, lines.filter((line) => line.change === change)] as const)
    .filter(([, some]) => some.length > 0)
    .map(([change, some]) => `${change}: ${plural(count(some), 'pair')} in ${plural(some.length, 'line')}`)
    .join('; ');
}

function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function count(lines: readonly Told[]): number {
  return lines.reduce((sum, { pairs }) => sum + pairs, 0);
}

/** For a comment of a pull request: a heading that says it all, and the table below it. */
function markdown(shown: readonly Told[], left: readonly Told[], report: Report): string[] {
  const { lines } = report;
  if (lines.length === 0) return [`**${nothing}**`, ...apart(report).flatMap((line) => ['', line])];
  const cell = (words: string) => words.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const rows = shown.map(({ change, ports, from, to, before, after, was = '', is = '' }) => {
    const word = usual(before, after) ? change : `${change} (${before} → ${after})`;
    return `| ${[word, ports, listed(from), listed(to), was === '' ? '' : `${was} → ${is}`].map(cell).join(' | ')} |`;
  });
  return [
    `**Reachability ${summary(lines)}**`,
    '',
    '| change | ports | from | to | decided |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(left.length > 0 ? ['', `… and ${left.length} more lines for ${count(left)} pairs.`] : []),
    ...apart(report).flatMap((line) => ['', line]),
  ];
}
