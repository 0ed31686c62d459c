/** `calispray levels`: the levels of a stack's rules as the file that the official CLI takes with `--policy-pack-config`. */
import { levelsOf } from '../levels.ts';
import { findProject, readStack } from '../project.ts';
import { exitCodes, terminal } from '../report.ts';

export default async function levels(options: { stack: string; cwd?: string }): Promise<number> {
  const levels = await levelsOf(readStack(findProject(options.cwd), options.stack));
  terminal.out(JSON.stringify(levels ?? {}, null, 2));
  return exitCodes.done;
}
