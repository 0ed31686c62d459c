/** A verification at work, as lines for those who wait. */
import type { VerifyEvent, VerifyPlan } from '../../kubespray/verify/index.ts';

/** What is done now, and what failed as it is found out; the table at the end has the rest. */
export function progressLines({ checks }: VerifyPlan): (event: VerifyEvent) => string[] {
  const sentences = new Map(checks.map(({ id, sentence }) => [id, sentence]));
  return (event) => {
    if (event.event === 'step') return [`  ${plain(event.text).replace(/\.$/, '')} …`];
    if (event.event !== 'check' || event.outcome !== 'failed') return [];
    return [`  ✗ ${sentences.get(event.id) ?? event.id}`];
  };
}

/** Nothing that a host says may steer the terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a host says may hold anything.
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}
