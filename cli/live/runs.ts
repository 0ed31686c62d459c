/** The runs that the controller remembers (components/remote/runner/runs.py), asked for and in words. */
import { UserError } from '../../cluster/finding.ts';
import { quote, runsCommand } from '../../components/remote/index.ts';
import type { Controller } from './controller.ts';
import { countsOf, duration, failureLines, type Result } from './events.ts';

export interface Attempt {
  readonly number: number;
  readonly start: string;
  readonly end?: string;
  readonly outcome?: string;
  readonly seconds?: number;
}

export interface Run {
  /** `0003-calico-1a2b3c4d` */
  readonly run: string;
  readonly kind: string;
  readonly hosts: readonly string[];
  readonly who: string;
  /** `running`, `succeeded`, `failed`, `timed-out`, `interrupted`, `refused`, `killed`. */
  readonly state: string;
  readonly since: string;
  readonly log: string;
  readonly attempts: readonly Attempt[];
  readonly result?: Result;
  /** It was begun, did not end well, and no later run made it good. */
  readonly unfinished?: true;
}

/** @throws UserError where the controller has no runner, or it does not answer as it should */
export async function runsOn(controller: Controller): Promise<Run[]> {
  const { code, stdout, stderr } = await controller.runner(runsCommand(controller.cluster), { seconds: 60 });
  try {
    if (code === 0) return JSON.parse(stdout) as Run[];
  } catch {}
  const said = stderr.trim().split('\n').at(-1) ?? '';
  throw UserError.of(
    'runs-unreadable',
    `nodes.${controller.node.name}`,
    `${controller.node.name} could not list its runs: ${said.slice(0, 200) || `status ${code}`}`,
    'see ~/.calispray there; the next `up` lays the runner again',
  );
}

/**
 * The run that is meant: by its whole name, its number (`3`, `0003`), or the beginning of its name.
 * @throws UserError where there is no such run, or more than one
 */
export function runNamed(runs: readonly Run[], word: string): Run {
  const exact = runs.find(({ run }) => run === word);
  if (exact !== undefined) return exact;
  const found = runs.filter(
    ({ run }) => run.startsWith(word) || (/^\d+$/.test(word) && Number(run.split('-')[0]) === Number(word)),
  );
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const known = runs.slice(-5).map(({ run }) => run);
  throw UserError.of(
    'no-such-run',
    '',
    found.length === 0 ? `there is no run ${word}` : `${word} may be any of ${found.map(({ run }) => run).join(', ')}`,
    known.length === 0 ? 'there was no run yet' : `the last ones are ${known.join(', ')}`,
  );
}

/** A line a run, the newest last; nothing but a sentence where there is none. */
export function runsLines(runs: readonly Run[]): string[] {
  if (runs.length === 0) return ['There was no run yet.'];
  const rows = runs.map(({ run, since, state, attempts, hosts }) => [
    run,
    since.replace('T', ' ').replace('Z', ' UTC'),
    state,
    timeOf(attempts),
    attempts.length > 1 ? `${attempts.length} attempts` : '',
    hostsOf(hosts),
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * What the runs leave open that no comparison with the record shows: one at work, or one that did not end well while
 * nothing differs any more, since its change was taken back. `asked`: whether the plan has steps.
 */
export function openLine(runs: readonly Run[], asked: boolean): string | undefined {
  const atWork = runs.findLast(({ state }) => state === 'running');
  if (atWork !== undefined)
    return `Run ${atWork.run} is at work on the controller: what it carries out is not in this yet.`;
  const left = runs.find(({ unfinished }) => unfinished === true);
  if (left === undefined || asked) return undefined;
  const before = `Run ${left.run} did not end well, and the stack is as it was before it:`;
  return left.kind === 'upgrade'
    ? `${before} there is no way back from half an upgrade, so \`up\` will refuse. Declare it again.`
    : `${before} \`up\` runs the same playbooks once more, which carries that back.`;
}

/** One run: what it was, each attempt, what failed, what came of each host. */
export function runLines({ run, kind, hosts, who, state, log, attempts, result }: Run): string[] {
  return [
    `${run}: ${state}`,
    `  what       ${kind} of ${hostsOf(hosts) || 'the whole cluster'}`,
    `  asked by   ${who}`,
    ...attempts.map(({ number, start, outcome, seconds }) => {
      const time = seconds === undefined ? '' : ` after ${duration(seconds)}`;
      return `  attempt ${number}  ${start.replace('T', ' ').replace('Z', ' UTC')}, ${outcome ?? (state === 'running' ? 'at work' : 'killed')}${time}`;
    }),
    ...(result === undefined || result.message === '' ? [] : [`  ${result.message}`]),
    ...(result?.note === undefined ? [] : [`  ${result.note}`]),
    ...(result?.failures ?? []).flatMap(failureLines),
    ...Object.entries(result?.hosts ?? {})
      .slice(0, 50)
      .map(([host, counts]) => `  ${host}: ${countsOf(counts)}`),
    `  log        ${log}`,
  ];
}

/** Seconds of all its attempts. */
function timeOf(attempts: readonly Attempt[]): string {
  const known = attempts.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]));
  return known.length === 0 ? '' : duration(known.reduce((sum, each) => sum + each, 0));
}

function hostsOf(hosts: readonly string[]): string {
  return hosts.length > 6 ? `${hosts.slice(0, 5).join(', ')} and ${hosts.length - 5} more` : hosts.join(', ');
}

/** The end of a run's log; a log is text that anything may have written, so it is bounded in lines and bytes. */
export async function logTail(controller: Controller, { log }: Run, lines: number): Promise<string[]> {
  const { stdout } = await controller.command(`tail -c 65536 -- ${quote(log)} 2>/dev/null`, { seconds: 60 });
  return (
    stdout
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-lines)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing of a log may steer the terminal.
      .map((line) => line.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').slice(0, 400))
  );
}
