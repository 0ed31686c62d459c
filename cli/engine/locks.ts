/** Locks of the file backend: who holds one, and whether that run is over. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Lock {
  /** Address of the lock file, as the engine names it. */
  url: string;
  user: string;
  host: string;
  pid: number;
  /** When it was taken; undefined where the engine's text could not be read. */
  since?: Date;
}

/**
 * The locks in the engine's own words (pulumi 3.259.0 pkg/backend/diy/lock.go):
 * `file:///…/locks/organization/p/s/UUID.json: created by root@box (pid 4711) at 2026-01-02T03:04:05Z`
 */
export function parseLocks(stderr: string): Lock[] {
  const line = /^\s*(\S+): created by ([^@\s]+)@(\S+) \(pid (\d+)\) at (\S+)\s*$/gm;
  return [...stderr.matchAll(line)].map(([, url = '', user = '', host = '', pid = '', at = '']) => {
    const since = new Date(at);
    return { url, user, host, pid: Number(pid), ...(Number.isNaN(since.getTime()) ? {} : { since }) };
  });
}

/**
 * - `dead`: its process is gone; the lock may be lifted
 * - `ending`: the engine lives, the `calispray` that started it does not: it notices that and ends by itself
 * - `alive`: somebody works on the stack
 * - `elsewhere`: taken on another machine, so nobody here can tell
 */
export type Holder = 'dead' | 'ending' | 'alive' | 'elsewhere';

export interface Processes {
  hostname: string;
  /** A process: was it left to init by whoever started it, and since when does it run? Undefined where there is none. */
  find(pid: number): { orphan: boolean; started: Date } | undefined;
}

export function judgeLock(lock: Lock, processes: Processes = machine): Holder {
  if (lock.host !== processes.hostname) return 'elsewhere';
  const found = processes.find(lock.pid);
  if (found === undefined) return 'dead';
  // A number used again: this process began after the lock was taken (two seconds of play: /proc counts in ticks since boot).
  if (lock.since !== undefined && found.started.getTime() > lock.since.getTime() + 2000) return 'dead';
  return found.orphan ? 'ending' : 'alive';
}

/** `root@box, process 4711, since 12:00:03` */
export function describeLock(lock: Lock): string {
  const since =
    lock.since === undefined ? '' : `, since ${lock.since.toISOString().replace('T', ' ').slice(0, 19)} UTC`;
  return `${lock.user}@${lock.host}, process ${lock.pid}${since}`;
}

const machine: Processes = {
  hostname: hostname(),
  find(pid) {
    try {
      // proc(5): the second field is the name in brackets and may hold anything; the state is the first after it.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') return undefined;
      const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
      // Linux reports these ticks at 100 a second on every architecture (USER_HZ).
      const age = uptime - Number(fields[19]) / 100;
      const parent = Number(fields[1]);
      // A user's systemd takes its orphans itself.
      const orphan = parent === 1 || readFileSync(`/proc/${parent}/comm`, 'utf8').trim() === 'systemd';
      return { orphan, started: new Date(Date.now() - age * 1000) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
};
