/** Finds a Python 3.11 that can make environments, and runs its pip. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../cluster/finding.ts';
import { type CommandResult, lastLines } from '../command.ts';
import type { Refusal, Work } from '../part.ts';
import { which } from '../which.ts';
import { canInstall, installPackages } from './apt.ts';
import { diskFull } from './go.ts';

/** ensurepip is what Debian leaves out of python3 and puts into python3-venv. */
const question = 'import sys, venv, ensurepip; print(sys.version_info[:2] == (3, 11), sys.executable)';

/**
 * Absolute path of a CPython 3.11 with the modules venv and ensurepip. The wheels are pinned for 3.11, which is what
 * Debian 12 has, on the controller as on the workstation. A shim of pyenv on PATH may refuse; the system's own is asked too.
 */
export async function findPython(
  environment: NodeJS.ProcessEnv,
  system = '/usr/bin/python3.11',
): Promise<string | Refusal> {
  const onPath = ['python3.11', 'python3'].flatMap((name) => which(name, environment) ?? []);
  for (const candidate of new Set([...onPath, system])) {
    try {
      const { stdout } = await promisify(execFile)(candidate, ['-c', question], { timeout: 20_000, env: environment });
      const [fits, executable] = stdout.trim().split(' ');
      if (fits === 'True' && executable !== undefined) return executable;
    } catch {
      // Not there, a shim without a version, or a Python without venv: the next one.
    }
  }
  return {
    code: 'setup-no-python',
    message: 'There is no Python 3.11 with its venv module.',
    hint: 'On Debian 12: `apt-get install python3-venv`; elsewhere `pyenv install 3.11`.',
  };
}

/**
 * What a part that needs Python says before anything is decided: the Python it would use, or that it would be
 * installed first, or why neither can be.
 */
export async function pythonPlan(environment: NodeJS.ProcessEnv): Promise<{ readonly says: string } | Refusal> {
  const python = await findPython(environment);
  if (typeof python === 'string') return { says: `with ${python}` };
  return canInstall(environment) ? { says: 'with python3-venv, installed by apt-get' } : python;
}

/** The Python of `pythonPlan`, installed by now. */
export async function obtainPython(work: Work): Promise<string> {
  const before = await findPython(work.environment);
  if (typeof before === 'string') return before;
  await installPackages(work, ['python3-venv']);
  const after = await findPython(work.environment);
  if (typeof after === 'string') return after;
  throw UserError.of(after.code, 'python3-venv', 'This Debian has no Python 3.11.', after.hint);
}

/** pip's quiet flags; the user's own index and proxy settings stay in force, and the hashes make them safe. */
export const pipFlags = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--require-hashes'];

/** Makes an environment in the folder `name` below `work.into` and returns its Python, whose pip is its own. */
export async function makeEnvironment(work: Work, python: string, name: string): Promise<string> {
  const result = await work.run([python, '-m', 'venv', join(work.into, name)]);
  if (!result.ok) throw pipFailure('the Python environment', work, result);
  return join(work.into, name, 'bin', 'python');
}

export function pipFailure(what: string, { log }: Pick<Work, 'log'>, { output }: CommandResult): UserError {
  if (/DO NOT MATCH THE HASHES|Hashes are required/.test(output)) {
    return UserError.of(
      'checksum-wrong',
      what,
      `A Python package is not what its pinned hash says: ${lastLines(output, 4)}`,
      'Something between you and the package index changes files: ask who runs it. Nothing was used.',
    );
  }
  if (/No space left on device/.test(output)) return diskFull(what);
  if (/No matching distribution|Could not fetch|HTTP error|Connection|ProxyError|Temporary failure/.test(output)) {
    return UserError.of(
      'setup-registry-refused',
      what,
      `The Python package index did not give ${what}: ${lastLines(output, 2)}`,
      'Look at `pip config list` and at the network, then run it again.',
    );
  }
  return UserError.of(
    'setup-pip-failed',
    what,
    `pip could not install ${what}: ${lastLines(output)}`,
    `All of it is in ${log}.`,
  );
}
