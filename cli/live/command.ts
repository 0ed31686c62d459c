/** What the commands that speak to the controller have in common before they do. */
import { UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { type Declared, declare, insideLab, type StackOptions } from '../open.ts';
import { LAB_STACK, labDir, labName } from '../places.ts';
import { packageDir } from '../project.ts';

/**
 * The lab's nodes are seen from inside its own network alone: runs the same command there and gives its exit code back;
 * undefined where it is to go on here.
 * @throws UserError where the lab is not up
 */
export async function inLabWhereItIs(options: StackOptions): Promise<number | undefined> {
  if (options.stack !== LAB_STACK || insideLab()) return undefined;
  const { labStatus } = await import('../../lab/index.ts');
  const { up, lab } = labStatus(labName());
  if (!up || lab === undefined) {
    throw UserError.of('no-lab', '', `the lab ${labName()} is not up`, 'run `npx calispray lab up`, or `npm start`');
  }
  const [{ runInside }, { bringTools }] = await Promise.all([import('../inside.ts'), import('../tools.ts')]);
  return runInside(lab, await bringTools('engine'), process.argv.slice(2));
}

/**
 * The stack with its cluster.
 * @throws UserError with every mistake in the file, or where a program of one's own declares no cluster there
 */
export async function clusterIn(options: StackOptions): Promise<Declared & { cluster: Cluster }> {
  // The lab's stack names its keys by it.
  if (options.stack === LAB_STACK) process.env.CALISPRAY_LAB_DIR = labDir();
  const declared = await declare(options);
  const { cluster, file } = declared;
  if (cluster === undefined) {
    throw UserError.of(
      'no-cluster',
      'calispray:cluster',
      `${file.path} declares no cluster, so there is no controller to ask`,
      `see Pulumi.dev.yaml in ${packageDir}`,
    );
  }
  return { ...declared, cluster };
}
