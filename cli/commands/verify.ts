/** `calispray verify`: proves on the nodes that the cluster carries what the stack says. What it makes for that, it takes away again. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../cluster/finding.ts';
import { chosen, type VerifyPlan, verifyPlan } from '../../kubespray/verify/index.ts';
import { clusterIn, inLabWhereItIs } from '../live/command.ts';
import type { StackOptions } from '../open.ts';
import { exitCodes, terminal } from '../report.ts';
import { verifyNow } from '../verify/carry-out.ts';
import { tableOf } from '../verify/table.ts';

export interface VerifyOptions extends StackOptions {
  /** File for JUnit. */
  junit?: string;
  /** Names of checks, or of groups of them. */
  only?: string[];
}

export default async function verify(options: VerifyOptions): Promise<number> {
  const inside = await inLabWhereItIs(options);
  if (inside !== undefined) return inside;
  const { cluster, file } = await clusterIn(options);
  const plan = planWith(verifyPlan(cluster), options.only);
  if (options.junit !== undefined) mayBeWritten(resolve(options.junit));
  terminal.err(`Verifying cluster ${cluster.name} by ${plan.checks.length} checks …`);
  const { verification, interrupted } = await verifyNow(cluster, plan, terminal.err);
  const at = new Date().toISOString();
  if (options.junit !== undefined) {
    const { junitOf } = await import('../verify/junit.ts');
    writeReport(resolve(options.junit), junitOf(verification, at));
  }
  if (options.json === true) {
    const { ok, ...rest } = verification;
    terminal.out(JSON.stringify({ ok: ok && !interrupted, stack: file.stack, at, interrupted, ...rest }, null, 2));
  } else for (const line of tableOf(verification, file.stack)) terminal.out(line);
  if (interrupted) return exitCodes.interrupted;
  return verification.ok ? exitCodes.done : exitCodes.finding;
}

/** @throws UserError where a name is that of no check */
function planWith(plan: VerifyPlan, words: readonly string[] | undefined): VerifyPlan {
  if (words === undefined) return plan;
  const { checks, unknown } = chosen(plan.checks, words);
  if (unknown.length === 0) return { ...plan, checks };
  const groups = [...new Set(plan.checks.map(({ id }) => id.split('/')[0]))].join(', ');
  throw new UserError(
    unknown.map(({ word, meant }) => ({
      code: 'unknown-check',
      class: 'refused',
      path: '',
      message: `there is no check “${word.slice(0, 64)}” of this cluster`,
      hint: meant === undefined ? `The checks are ${groups}; of one node alone: NAME/NODE.` : `Did you mean ${meant}?`,
    })),
  );
}

/** Said before anything is measured; what is there stays as it is until then. */
function mayBeWritten(path: string): void {
  writing(path, () => closeSync(openSync(path, 'a')));
}

function writeReport(path: string, text: string): void {
  writing(path, () => writeFileSync(path, text));
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw UserError.of('unwritable', '', `${path} cannot be written: ${(error as Error).message}`, 'name another file');
  }
}
