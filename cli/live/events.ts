/** The events of a run as the runner gives them (components/remote/runner/follow.py), and as lines for a person. */

export type Counts = Readonly<
  Partial<Record<'ok' | 'changed' | 'skipped' | 'ignored' | 'failed' | 'unreachable', number>>
>;

export interface Failure {
  readonly host: string;
  readonly task: string;
  readonly status: string;
  readonly message: string;
}

/** result.json of a run (components/remote/runner/runs.py). */
export interface Result {
  readonly attempt: number;
  readonly outcome: string;
  readonly seconds: number;
  readonly message: string;
  readonly failures: readonly Failure[];
  readonly hosts: Readonly<Record<string, Counts>>;
  readonly log: string;
  readonly note?: string;
}

export type RunEvent =
  | { readonly kind: 'play'; readonly name: string }
  | { readonly kind: 'task'; readonly name: string; readonly number: number }
  | ({ readonly kind: 'host'; readonly task: string } & Counts)
  | ({ readonly kind: 'failed' } & Failure)
  | { readonly kind: 'summary'; readonly hosts: Readonly<Record<string, Counts>> }
  | { readonly kind: 'end'; readonly run: string; readonly outcome: string; readonly result?: Result };

const LINE = 200;

/** The event of a line; undefined for what is none. */
export function eventIn(line: string): RunEvent | undefined {
  try {
    const event = JSON.parse(line) as RunEvent;
    return typeof event === 'object' && event !== null && typeof event.kind === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One run as lines: a line a play, a line a task that did something once its hosts are through, failures as they come, how it
 * ended. Keeps the number of the task that is on.
 */
export function eventLines(): (event: RunEvent) => string[] {
  let number = 0;
  return (event) => {
    switch (event.kind) {
      case 'play':
        return [cut(`play: ${event.name}`)];
      case 'task':
        number = event.number;
        return [];
      case 'host':
        // Of kubespray's thousand tasks, most are for another kind of cluster.
        return onlySkipped(event) ? [] : [cut(`  ${String(number).padStart(4)}  ${event.task}: ${countsOf(event)}`)];
      case 'failed':
        return failureLines(event);
      case 'summary':
        return Object.entries(event.hosts)
          .slice(0, HOSTS)
          .map(([host, counts]) => cut(`  ${host}: ${countsOf(counts)}`))
          .concat(
            Object.keys(event.hosts).length > HOSTS ? [`  and ${Object.keys(event.hosts).length - HOSTS} more`] : [],
          );
      case 'end':
        return endLines(event);
    }
  };
}

/** Hosts of a summary that are named. */
const HOSTS = 20;

export function failureLines({ host, task, status, message }: Failure): string[] {
  const flat = message.replaceAll(/\s+/g, ' ').trim();
  return [cut(`  ✗ ${host} ${status}: ${task}`), ...(flat === '' ? [] : [cut(`      ${flat}`)])];
}

/** Whether the task was none of any host's business. */
export function onlySkipped(counts: Counts): boolean {
  return countsOf({ ...counts, skipped: 0 }) === 'nothing';
}

export function countsOf(counts: Counts): string {
  const said = (['ok', 'changed', 'skipped', 'ignored', 'failed', 'unreachable'] as const)
    .filter((key) => (counts[key] ?? 0) > 0)
    .map((key) => `${counts[key]} ${key}`);
  return said.join(', ') || 'nothing';
}

function endLines({ run, outcome, result }: Extract<RunEvent, { kind: 'end' }>): string[] {
  const time = result === undefined ? '' : ` after ${duration(result.seconds)}`;
  if (outcome === 'succeeded') return [`Run ${run} succeeded${time}.`];
  return [
    `Run ${run} ${outcome}${time}.`,
    ...(result === undefined || result.message === '' ? [] : [cut(`  ${result.message}`)]),
    ...(result === undefined ? [] : [`  Its log on the controller: ${result.log}`]),
  ];
}

/** `48 s`, `12 min 5 s`, `1 h 3 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}

function cut(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a task says of itself may hold anything.
  const plain = line.replaceAll(/[\u0000-\u001f\u007f]/g, ' ');
  return plain.length <= LINE ? plain : `${plain.slice(0, LINE - 1)}…`;
}
