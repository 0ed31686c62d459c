/** Where things lie on the workstation: the contract of the environment variables, in one place. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** `CALISPRAY_STATE`, or `~/.local/state/calispray`: labs, our own file backend, its passphrase, PULUMI_HOME of the stand-ins. */
export function stateDir(env: Env = process.env): string {
  return resolve(env.CALISPRAY_STATE || join(homedir(), '.local', 'state', 'calispray'));
}

/** `CALISPRAY_LAB`, or `lab`. */
export function labName(env: Env = process.env): string {
  return env.CALISPRAY_LAB || 'lab';
}

/** The folder of the lab, whether it is up or not. */
export function labDir(env: Env = process.env): string {
  return env.CALISPRAY_LAB_DIR || join(stateDir(env), 'labs', labName(env));
}

/** The one stack that lives and dies with the lab. */
export const LAB_STACK = 'lab';
