/**
 * Which processes are ours: never by name, only by the network namespace they are in or by a recorded id whose start
 * time still fits (ids are used again, start times of one boot are not).
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessRecord {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot. */
  readonly started: string;
}

/** The parts of /proc/<pid>/stat that are read here; the command's name may itself hold spaces and brackets. */
export function parseStat(stat: string): { pid: number; state: string; parent: number; started: string } | undefined {
  const open = stat.indexOf(' (');
  const close = stat.lastIndexOf(') ');
  if (open < 0 || close < 0) return undefined;
  const fields = stat.slice(close + 2).split(' ');
  const [state, parent, started] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parent === undefined || started === undefined) return undefined;
  return { pid: Number(stat.slice(0, open)), state, parent: Number(parent), started };
}

/** `pid started` as lab/node/init.sh writes it. */
export function parseProcessRecord(text: string): ProcessRecord | undefined {
  const match = /^(\d+) (\d+)\n?$/.exec(text);
  return match?.[1] && match[2] ? { pid: Number(match[1]), started: match[2] } : undefined;
}

/** True while exactly that process runs; a zombie does not. */
export function isRunning(record: ProcessRecord): boolean {
  const stat = statOf(record.pid);
  return stat !== undefined && stat.started === record.started && stat.state !== 'Z' && stat.state !== 'X';
}

/** Inode of the network namespace a process is in. */
export function netnsOf(pid: number | 'self'): number | undefined {
  try {
    return Number(/^net:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[1] ?? Number.NaN) || undefined;
  } catch {
    return undefined; // gone since it was listed
  }
}

/** Everything that runs in one of these network namespaces, except this process and those that started it. */
export function processesIn(inodes: ReadonlySet<number>): ProcessRecord[] {
  const spared = new Set(ownLine());
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => !spared.has(pid) && inodes.has(netnsOf(pid) ?? -1))
    .flatMap((pid) => {
      const stat = statOf(pid);
      return stat === undefined || stat.state === 'Z' ? [] : [{ pid, started: stat.started }];
    });
}

/**
 * Ends everything in these network namespaces: asks first where `grace` (ms) is given, then insists. Gives how many it
 * ended; throws after `bound` ms when one will not go (a process stuck in the kernel).
 */
export async function endProcessesIn(inodes: ReadonlySet<number>, grace = 0, bound = 10_000): Promise<number> {
  const first = processesIn(inodes);
  const deadline = Date.now() + bound;
  const insistAt = Date.now() + grace;
  if (grace > 0) for (const process of first) signal(process, 'SIGTERM');
  for (let left = first; left.length > 0; left = processesIn(inodes)) {
    if (Date.now() >= insistAt) for (const process of left) signal(process, 'SIGKILL');
    if (Date.now() > deadline) {
      throw new Error(`processes ${left.map((p) => p.pid).join(', ')} did not end ${bound} ms after SIGKILL`);
    }
    await sleep(20);
  }
  return first.length;
}

/** True when a process in the network namespace of `pid` listens on this TCP port, on every address. */
export function listens(pid: number, port: number): boolean {
  const wanted = `00000000:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  try {
    const sockets = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n');
    return sockets.some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return local === wanted && state === '0A'; // TCP_LISTEN, include/net/tcp_states.h
    });
  } catch {
    return false;
  }
}

function signal(process_: ProcessRecord, name: NodeJS.Signals): void {
  if (!isRunning(process_)) return;
  try {
    process.kill(process_.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** This process, its parent, and so on up to the first process. */
function ownLine(): number[] {
  const line: number[] = [];
  for (let pid = process.pid; pid > 0 && !line.includes(pid); pid = statOf(pid)?.parent ?? 0) line.push(pid);
  return line;
}

function statOf(pid: number): ReturnType<typeof parseStat> {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}
