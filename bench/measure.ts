import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Cost {
  /** Wall seconds. */
  readonly wall: number;
  /** User and system seconds of the process and every child it waited for. */
  readonly cpu: number;
  readonly code: number;
  readonly output: string;
}

/** Runs a command and says what it took, by the shell's own `time`: it counts the children's CPU too. */
export async function cost(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Cost> {
  const child = spawn('bash', ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" 2>&1', 'bench', ...argv], {
    env: { ...env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let times = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    times += chunk;
  });
  const [code] = (await once(child, 'close')) as [number];
  const [wall = 0, user = 0, system = 0] = times.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  return { wall, cpu: user + system, code, output };
}

export async function wallOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** One line: what, the figure, what we ask of it, and whether it holds. */
export function row(what: string, figure: number, unit: string, most: number): boolean {
  const holds = figure <= most;
  const number = `${figure.toFixed(2)} ${unit}`.trim();
  process.stdout.write(
    `${holds ? 'ok  ' : 'over'}  ${what.padEnd(64)} ${number.padStart(10)}   asked: at most ${most} ${unit}\n`,
  );
  return holds;
}
