/** A question where there is a terminal to answer it. */
import { createInterface } from 'node:readline/promises';
import { UserError } from '../cluster/finding.ts';

/** With yes or no. @throws UserError without a terminal: `--yes` says it there */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await answer(`${question} [y/N] `, '--yes', question));
}

/** What was typed, without blanks around it. @throws UserError without a terminal: `option` says it there */
export async function answer(prompt: string, option: string, question = prompt.trim()): Promise<string> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw UserError.of(
      'no-terminal',
      '',
      `nobody is there to answer: ${question}`,
      `give ${option} to say so beforehand`,
    );
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await asking.question(prompt)).trim();
  } finally {
    asking.close();
  }
}
