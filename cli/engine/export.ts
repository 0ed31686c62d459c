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
export async function exportState({ project, file, backend, tools }: Prepared): Promise<readonly StateResource[]> {
  if (backend.url.startsWith('file:///')) mkdirSync(fileURLToPath(backend.url), { recursive: true, mode: 0o700 });
  const workDir = prepareWorkspace(workDirOf(backend, project, file), project, file, backend.url);
  // `run` is left out of the SDK's declarations.
  const engine = engineCommand(tools.engine, versions.pulumi, await engineEnv({ backend, tools })) as unknown as {
    run(words: string[], cwd: string, env: object): Promise<{ stdout: string }>;
  };
  try {
    const { stdout } = await engine.run(['stack', 'export', '--stack', file.stack], workDir, {});
    const { deployment } = JSON.parse(stdout) as { deployment?: { resources?: StateResource[] } };
    return deployment?.resources ?? [];
  } catch (error) {
    if (/no stack named/.test(engineStderr(error) ?? '')) return [];
    throw explain(error, { stack: file.stack, backend });
  }
}
