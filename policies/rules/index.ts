import type { Finding } from '../../cluster/finding.ts';
import type { Rule, Subject } from './subject.ts';

export type { HostKeyState, Rule, Subject } from './subject.ts';

/** Every rule, in the order of the reference (docs/rules.md). */
export const rules: readonly Rule[] = [];

/** All that is wrong with a subject, in the order of the rules. */
export function judge(subject: Subject): Finding[] {
  return rules.flatMap((rule) => rule.judge(subject));
}
