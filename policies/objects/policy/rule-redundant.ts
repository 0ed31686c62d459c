import type { ObjectRule } from '../rule.ts';
import { wantsOf } from './acting.ts';
import { idleFindings } from './idle.ts';
import { isPolicy } from './kinds.ts';

export const ruleRedundant: ObjectRule = {
  code: 'rule-redundant',
  title: 'Without a rule, something would be different',
  class: 'advice',
  description:
    'What a rule decides, a later one of the same tier would decide alike: it can be left out, for the pods that are declared and for any others that its selectors mean. A Deny that only repeats what the end of the tier does is not counted, it is a habit that does no harm.',
  reference: 'Calico v3.32.1 app-policy/checker/check.go:127-175',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge: (declared) =>
    idleFindings(declared, 'redundant', (_, by) => [
      `changes nothing: without it ${by} would say the same`,
      'Leave it out, or narrow the other.',
    ]),
  wanting: wantsOf,
};
