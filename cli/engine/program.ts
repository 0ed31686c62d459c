/** The project's program, loaded when the engine asks for it: an operation that declares nothing does without. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { PulumiFn } from '@pulumi/pulumi/automation/index.js';
import { UserError } from '../../cluster/finding.ts';
import type { Project } from '../project.ts';

/** @throws UserError `no-program` where there is none; what the program throws while it is loaded */
export async function loadProgram({ dir, program }: Project): Promise<{ default: PulumiFn }> {
  if (!existsSync(program)) {
    const hint = 'Write it as docs/policies.md shows one, or name it as `main` in Pulumi.yaml.';
    throw UserError.of('no-program', '', `the project in ${dir} has no program: ${program} does not exist`, hint);
  }
  return (await import(pathToFileURL(program).href)) as { default: PulumiFn };
}
