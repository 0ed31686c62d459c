/** Runs the programs set-up needs: output into a log, CPU time counted, the whole process group ended on interruption. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface CommandOptions {
  readonly directory?: string;
  /** Added to the process's own environment; an undefined value takes a variable out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** File that standard output and error are appended to. */
  readonly log: string;
  /** Descriptor of a lock that the command keeps while it lives. */
  readonly lock?: number;
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly ok: boolean;
  /** What the command itself wrote, at most its last 16 KiB. */
  readonly output: string;
  /** User and system time in seconds, of the command and of all children it waited for. */
  readonly cpu: number;
}

/**
 * Never rejects for a command that ran and failed. Throws where the program is missing (ENOENT of the shell: exit 127
 * is reported as a failure like any other).
 */
export async function command(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const log = openSync(options.log, 'a+');
  try {
    const start = readFileSync(options.log).length;
    const { code, times } = await run(argv, log, options);
    const output = readFileSync(options.log).subarray(start).toString('utf8').slice(-16384);
    return { ok: code === 0, output, cpu: cpuSeconds(times) };
  } finally {
    closeSync(log);
  }
}

function run(argv: readonly string[], log: number, options: CommandOptions): Promise<{ code: number; times: string }> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    // `times` is the one way to a child's CPU time that every POSIX shell has.
    const child = spawn('/bin/sh', ['-c', '"$@" 4>&-; code=$?; times >&4; exit "$code"', 'sh', ...argv], {
      cwd: options.directory,
      env: environmentWith(options.environment ?? {}),
      stdio: ['ignore', log, log, options.lock ?? 'ignore', 'pipe'],
      detached: true,
    });
    const stop = (): void => endGroup(child.pid);
    options.signal?.addEventListener('abort', stop, { once: true });
    let times = '';
    child.stdio[4]?.on('data', (chunk: Buffer) => {
      times += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => {
      options.signal?.removeEventListener('abort', stop);
      if (options.signal?.aborted) reject(options.signal.reason);
      else resolve({ code: code ?? 128, times });
    });
  });
}

function environmentWith(added: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C.UTF-8' };
  for (const [name, value] of Object.entries(added)) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
  return environment;
}

/** The group is ours: the child was started as its leader. It gets five seconds to end by itself. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  signalGroup(leader, 'SIGTERM');
  setTimeout(() => signalGroup(leader, 'SIGKILL'), 5000).unref();
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It has ended already.
  }
}

/** Second line of `times`: user and system time of the shell's children, each as `1m2.34s`. */
function cpuSeconds(times: string): number {
  const children = times.split('\n')[1] ?? '';
  let seconds = 0;
  for (const [, minutes, rest] of children.matchAll(/(\d+)m([\d.]+)s/g)) seconds += Number(minutes) * 60 + Number(rest);
  return seconds;
}

/** The last `count` lines that say something, for an error message. */
export function lastLines(output: string, count = 5): string {
  return output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count)
    .join('\n');
}
