/** The passphrase as the environment variables the engine reads; ours is a file with mode 0600, made once. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../cluster/finding.ts';
import { rememberSecret } from '../scrub.ts';
import type { Passphrase } from './backend.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What to add to the engine's environment; a variable that must not reach it is undefined. */
export function passphraseEnv(passphrase: Passphrase, env: Env = process.env): Record<string, string | undefined> {
  if (passphrase.from === 'generated') {
    makeOnce(passphrase.file);
    rememberSecret(readFileSync(passphrase.file, 'utf8'));
    return { PULUMI_CONFIG_PASSPHRASE_FILE: passphrase.file, PULUMI_CONFIG_PASSPHRASE: undefined };
  }
  if (passphrase.from === 'user') {
    if (env.PULUMI_CONFIG_PASSPHRASE) rememberSecret(env.PULUMI_CONFIG_PASSPHRASE);
    const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
    if (env.PULUMI_CONFIG_PASSPHRASE === undefined && file !== undefined) {
      try {
        rememberSecret(readFileSync(file, 'utf8'));
      } catch (error) {
        throw UserError.of(
          'no-passphrase',
          '',
          `PULUMI_CONFIG_PASSPHRASE_FILE names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`,
          'name a file that holds the passphrase',
        );
      }
    }
  }
  return {};
}

/** Makes the file whole or not at all: two runs at once end up with the same passphrase. */
function makeOnce(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (exists(file)) {
    // Somebody's `cp -r` or umask may have opened it; it guards every secret of the state.
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    return;
  }
  const fresh = `${file}.${process.pid}`;
  const handle = openSync(fresh, 'w', 0o600);
  writeSync(handle, `${randomBytes(32).toString('base64url')}\n`);
  closeSync(handle);
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
