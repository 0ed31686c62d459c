/** What the last `up` left in the stack's state, read without a program, a provider or a node. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { versions } from '../../setup/versions.ts';
import type { Prepared } from '../open.ts';
import { engineCommand } from './command.ts';
import { engineStderr, explain } from './faults.ts';
import { engineEnv } from './session.ts';
import { prepareWorkspace, workDirOf } from './workspace.ts';

/** A resource as the state has it; secrets are ciphertext. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Of a replacement that was cut off: its old self, still to be deleted. */
  readonly delete?: boolean;
}

/**
 * Every resource of the stack's state; empty where there is no such stack yet.
 * @throws UserError for a backend that cannot be had, or a wrong passphrase
 */
export async function exportState(prepared: Prepared): Promise<readonly StateResource[]> {
  const said = await asked(prepared, ['stack', 'export']);
  if (said === undefined) return [];
  const { deployment } = JSON.parse(said) as { deployment?: { resources?: StateResource[] } };
  return deployment?.resources ?? [];
}

/**
 * What the program of the last `up` gave, secrets in clear: for use, never to be shown. Empty where there is no such stack yet.
 * @throws UserError as exportState
 */
export async function outputsOf(prepared: Prepared): Promise<Readonly<Record<string, unknown>>> {
  const said = await asked(prepared, ['stack', 'output', '--json', '--show-secrets']);
  return said === undefined ? {} : (JSON.parse(said) as Record<string, unknown>);
}

/** What the engine says of the stack; undefined where there is no such stack yet. */
async function asked({ project, file, backend, tools }: Prepared, words: string[]): Promise<string | undefined> {
  if (backend.url.startsWith('file:///')) mkdirSync(fileURLToPath(backend.url), { recursive: true, mode: 0o700 });
  const workDir = prepareWorkspace(workDirOf(backend, project, file), project, file, backend.url);
  // `run` is left out of the SDK's declarations.
  const engine = engineCommand(tools.engine, versions.pulumi, await engineEnv({ backend, tools })) as unknown as {
    run(words: string[], cwd: string, env: object): Promise<{ stdout: string }>;
  };
  try {
    return (await engine.run([...words, '--stack', file.stack], workDir, {})).stdout;
  } catch (error) {
    if (/no stack named/.test(engineStderr(error) ?? '')) return undefined;
    throw explain(error, { stack: file.stack, backend });
  }
}
