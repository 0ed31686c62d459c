/**
 * A lock held by the kernel, so that it goes away with the process that held it, however that ended.
 *
 * `flock FD` locks the open file behind a descriptor it inherited: the helper ends at once and the lock stays with our
 * own descriptor. Children that are given the descriptor keep the lock as well, which is wanted for builds: one that
 * outlives a killed set-up is waited for instead of being overtaken.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../cluster/finding.ts';

export interface Lock {
  /** To be handed to children that work under the lock. */
  readonly descriptor: number;
  release(): void;
}

export interface LockOptions {
  /** Called once when somebody else holds the lock. */
  readonly onWait?: () => void;
  /** Seconds, by default two hours: a cold build of everything on one slow core. */
  readonly timeout?: number;
}

/** Waits for the lock file at `path`, making it where it is missing. Throws a UserError `setup-lock` after the timeout. */
export async function lock(path: string, options: LockOptions = {}): Promise<Lock> {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'a');
  try {
    if (!(await flock(descriptor, ['--nonblock']))) {
      options.onWait?.();
      const timeout = options.timeout ?? 7200;
      if (!(await flock(descriptor, ['--wait', String(timeout)]))) {
        throw UserError.of(
          'setup-lock',
          path,
          `Another set-up has held ${path} for ${timeout} s.`,
          `Wait for it, or see who it is with \`fuser ${path}\`.`,
        );
      }
    }
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  let held = true;
  return {
    descriptor,
    release() {
      if (held) closeSync(descriptor);
      held = false;
    },
  };
}

function flock(descriptor: number, options: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', [...options, '--exclusive', '3'], {
      stdio: ['ignore', 'ignore', 'inherit', descriptor],
    });
    child.once('error', () =>
      reject(
        UserError.of('setup-no-flock', '', 'The program `flock` is missing.', 'Install `util-linux`, which has it.'),
      ),
    );
    // 1 is flock's own way of saying "held by somebody else"; anything else is a fault of the file system.
    child.once('exit', (code, signal) =>
      code === 0 || code === 1
        ? resolve(code === 0)
        : reject(new Error(`flock ended with ${code ?? signal} on descriptor ${descriptor}`)),
    );
  });
}
