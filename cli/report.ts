/** The one place that prints errors, and the one that decides the exit code of a failed run. */
import { type Finding, formatFinding, UserError } from '../cluster/finding.ts';
import { scrub } from './scrub.ts';

export const exitCodes = { done: 0, finding: 1, bug: 70, interrupted: 130 } as const;

/** The run was ended by a signal; whoever was told says what was waited for, so nothing more is printed. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The findings were shown already, where they belong in the output: only the exit code is left to set. */
export class AlreadyShown extends Error {
  override readonly name = 'AlreadyShown';
}

export interface Streams {
  out: (line: string) => void;
  err: (line: string) => void;
}

// A reader that has seen enough (`calispray up | head`) is no reason to leave the engine alone in the middle of its work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

export const terminal: Streams = {
  out: (line) => void process.stdout.write(`${scrub(line)}\n`),
  err: (line) => void process.stderr.write(`${scrub(line)}\n`),
};

/** Prints `error` and returns the exit code. With `json`, stdout gets `{"ok":false,"findings":[…]}` for a user's mistake. */
export function reportError(error: unknown, json: boolean, to: Streams = terminal): number {
  if (error instanceof Interrupted) {
    if (json) to.out(JSON.stringify({ ok: false, interrupted: true }));
    return exitCodes.interrupted;
  }
  if (error instanceof AlreadyShown) return exitCodes.finding;
  if (error instanceof UserError) {
    // On one line, since some commands say a document a line.
    if (json) to.out(JSON.stringify({ ok: false, findings: error.findings }));
    else for (const finding of error.findings) to.err(formatFinding(finding));
    return exitCodes.finding;
  }
  to.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
  to.err('This is a bug in calispray, not in your configuration. Please report it with the lines above.');
  return exitCodes.bug;
}

/** Findings as `calispray check` and the previews show them, and the line that closes them. */
export function findingLines(findings: readonly Finding[], textOf = formatFinding): string[] {
  const count = (cls: Finding['class']) => findings.filter((f) => f.class === cls).length;
  const closing = (['refused', 'harmful', 'advice'] as const)
    .filter((cls) => count(cls) > 0)
    .map((cls) => `${count(cls)} ${cls}`);
  return [...findings.map((finding) => textOf(finding)), ...(closing.length > 0 ? [closing.join(', ')] : [])];
}
