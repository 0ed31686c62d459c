/** The file of `--collect` and `--from`. */
import { closeSync, existsSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../cluster/finding.ts';
import { isEvidence, readEvidence, writtenEvidence } from '../../kubespray/doctor/read.ts';
import type { Removed } from '../../kubespray/doctor/scrub.ts';
import type { Evidence } from '../../kubespray/doctor/types.ts';

/** @throws UserError where something else is there already, or the folder is not: before anybody is asked for anything */
export function mayBeWritten(path: string): void {
  const file = resolve(path);
  if (!existsSync(dirname(file))) {
    throw UserError.of('no-folder', '', `${dirname(file)} does not exist`, 'Make the folder, or name another file.');
  }
  if (!existsSync(file) || isEvidence(beginOf(file))) return;
  const what = `${path} exists and was not written by calispray doctor`;
  throw UserError.of('would-overwrite', '', what, 'Name a file that does not exist.');
}

/** Readable by its owner alone; whole or not there. */
export function writeDump(path: string, evidence: Evidence): void {
  mayBeWritten(path);
  const file = resolve(path);
  const other = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    writeFileSync(other, writtenEvidence(evidence), { mode: 0o600, flag: 'wx' });
    renameSync(other, file);
  } catch (error) {
    rmSync(other, { force: true });
    throw UserError.of(
      'cannot-write',
      '',
      `${path} cannot be written: ${(error as Error).message}`,
      'Name another file.',
    );
  }
}

/** @throws UserError where it cannot be read, or is none */
export function readDump(path: string): Evidence {
  try {
    return readEvidence(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw UserError.of('cannot-read', '', `${path} cannot be read: ${(error as Error).message}`, 'Check the name.');
  }
}

/** What is never asked for, and what was taken out of what was. */
export function leftOut(removed: Removed): string {
  const kinds = Object.entries(removed).map(([kind, times]) => `${kind} ${times} times`.replace(/ 1 times$/, ' once'));
  const found = kinds.length === 0 ? 'nothing else looked like a secret' : `taken out of texts: ${kinds.join(', ')}`;
  return `Not in it: SSH keys and host keys, manifests, Secrets, environments of pods; ${found}.`;
}

function beginOf(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const begin = Buffer.alloc(200);
    return begin.toString('utf8', 0, readSync(descriptor, begin, 0, begin.length, 0));
  } catch {
    return ''; // a folder, say
  } finally {
    closeSync(descriptor);
  }
}
