/** A file of evidence: how it is written, and how it is read again on another machine. */
import { z } from 'zod';
import { UserError } from '../../cluster/finding.ts';
import { isRecord } from '../../cluster/raw.ts';
import { evidenceSchema } from './evidence-schema.ts';
import type { Evidence } from './types.ts';

/** The first field of such a file: what says that it is one of ours. */
const DOCUMENT = 'calispray doctor';
const VERSION = 1;

/** One document of JSON that ends with a line feed. */
export function writtenEvidence(evidence: Evidence): string {
  return `${JSON.stringify({ document: DOCUMENT, ...evidence }, null, 1)}\n`;
}

/** Whether a file that begins so was written by `--collect`, whole or torn. */
export function isEvidence(text: string): boolean {
  return /^\s*\{\s*"document":\s*"calispray doctor"/.test(text);
}

/**
 * @param name of the file, for messages
 * @throws UserError `torn-dump`, `foreign-dump`, `newer-dump` or `bad-dump`
 */
export function readEvidence(text: string, name: string): Evidence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!isEvidence(text)) throw foreign(name);
    const what = `${name} is cut off or damaged: ${(error as Error).message}`;
    throw UserError.of('torn-dump', '', what, 'Copy it again, as a whole, or collect it anew.');
  }
  if (!isRecord(value) || value.document !== DOCUMENT) throw foreign(name);
  if (typeof value.version === 'number' && value.version > VERSION) {
    const what = `${name} has version ${value.version} of the evidence, and this calispray knows ${VERSION}`;
    throw UserError.of('newer-dump', 'version', what, 'Judge it with a calispray as new as the one that collected it.');
  }
  const read = evidenceSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path.join('.') ?? '';
  const what = `${name} is no whole evidence: ${path === '' ? '' : `${path}: `}${issue?.message ?? z.prettifyError(read.error)}`;
  throw UserError.of('bad-dump', path, what, 'It was changed after it was collected; collect it anew.');
}

function foreign(name: string): UserError {
  const what = `${name} was not written by calispray doctor --collect`;
  return UserError.of('foreign-dump', '', what, 'Name a file that `npx calispray doctor --collect FILE` has written.');
}
