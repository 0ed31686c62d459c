/** A question with yes or no, where there is a terminal to answer it. */
import { createInterface } from 'node:readline/promises';
import { UserError } from '../cluster/finding.ts';

/** @throws UserError without a terminal: `--yes` says it there */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw UserError.of('no-terminal', '', `nobody is there to answer: ${question}`, 'give --yes to say so beforehand');
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
