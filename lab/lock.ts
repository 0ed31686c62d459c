/**
 * One command at a time changes a lab. The kernel holds the lock (flock) and lifts it when its holder ends, however it
 * ends; a lock file alone would outlive a killed command.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../cluster/finding.ts';
import { CommandError, carry, run } from './command.ts';
import { readIfThere } from './state.ts';

export interface Lock {
  /** Lets the next command in; `remove` also takes the lock's file away. */
  release(remove?: boolean): void;
}

/** Waits up to `seconds` (default 120) for the lock, and names its holder when that was not enough. */
export async function acquireLock(
  path: string,
  report: (line: string) => void = () => undefined,
  seconds = 120,
): Promise<Lock> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const descriptor = openSync(path, 'a+', 0o600);
    try {
      if (!(await tryLock(descriptor, 0))) {
        report(`waiting for ${holder(path)}: it is changing this lab`);
        const left = Math.max(0, Math.ceil((deadline - Date.now()) / 1000));
        if (!(await tryLock(descriptor, left))) throw stillHeld(path, seconds);
      }
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    if (!isSameFile(descriptor, path)) {
      closeSync(descriptor); // the holder before us removed the file: the lock we got is nobody's any more
      continue;
    }
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid}\n`);
    const putDown = carry(descriptor);
    return {
      release(remove = false) {
        putDown();
        if (remove) unlinkSync(path);
        closeSync(descriptor);
      },
    };
  }
}

/**
 * flock(1) locks the open file, which it shares with us, and ends; the lock stays until the last copy of our descriptor
 * is closed. Node opens files close-on-exec: only the commands that carry it keep it, the nodes do not.
 */
async function tryLock(descriptor: number, seconds: number): Promise<boolean> {
  try {
    await run('flock', ['--conflict-exit-code', '75', '--timeout', String(seconds), '3'], {
      descriptor,
      timeout: (seconds + 10) * 1000,
    });
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.message.includes('ended with 75')) return false;
    throw error;
  }
}

function isSameFile(descriptor: number, path: string): boolean {
  const held = fstatSync(descriptor);
  const named = statSync(path, { throwIfNoEntry: false });
  return named !== undefined && named.ino === held.ino && named.dev === held.dev;
}

function holder(path: string): string {
  const pid = (readIfThere(path) ?? '').trim();
  if (pid === '') return 'another command';
  return existsSync(`/proc/${pid}`) ? `process ${pid}` : `the last command of process ${pid}, which was killed`;
}

function stillHeld(path: string, seconds: number): UserError {
  return UserError.of(
    'lab-busy',
    'CALISPRAY_LAB',
    `${holder(path)} has been changing this lab for more than ${seconds} s`,
    'wait for it or stop it and run the same command again, or give this lab another name with CALISPRAY_LAB',
  );
}
