/** A tool the user already has: found on PATH at the right version and copied, since the cache must stay whole without it. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Source } from '../part.ts';
import { which } from '../which.ts';

export interface OnPath {
  readonly program: string;
  /** Arguments that print the version. */
  readonly ask: readonly string[];
  /** True for what it prints at a version that serves. */
  readonly fits: (printed: string) => boolean;
  /** Names of the files in its folder that are wanted, by default the program alone. */
  readonly wanted?: RegExp;
}

export function onPath({ program, ask, fits, wanted }: OnPath): Source {
  return async ({ environment }) => {
    const found = which(program, environment);
    if (found === undefined) return refuse(`${program} is not on PATH.`);
    const printed = await versionOf(found, ask);
    if (!fits(printed)) return refuse(`${found} has another version: ${printed.split('\n')[0]}.`);
    const file = realpathSync(found);
    const names =
      wanted === undefined ? [basename(file)] : readdirSync(dirname(file)).filter((name) => wanted.test(name));
    if (names.length === 0) return refuse(`${dirname(file)} has ${program} alone.`);
    return {
      says: `copy ${names.map((name) => join(dirname(found), name)).join(', ')}`,
      lane: 'network',
      seconds: 1,
      mebibytes: 300,
      async take({ into }) {
        mkdirSync(join(into, 'bin'));
        for (const name of names) {
          // A link may give the program another name, a version for instance.
          const target = wanted === undefined ? program : name;
          copyFileSync(join(dirname(file), name), join(into, 'bin', target));
        }
      },
    };
  };
}

const refuse = (message: string) => ({
  code: 'setup-not-on-path',
  message,
  hint: 'Install it, or let set-up bring it.',
});

async function versionOf(file: string, ask: readonly string[]): Promise<string> {
  try {
    // pulumi would look for its newest version otherwise, and wait for it.
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: 'true' };
    const { stdout } = await promisify(execFile)(file, [...ask], { timeout: 10_000, env });
    return stdout.trim();
  } catch {
    // It does not even tell its version: another architecture, a broken shim, a program of the same name.
    return 'it does not tell';
  }
}
