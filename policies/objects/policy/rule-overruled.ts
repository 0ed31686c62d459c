import type { ObjectRule } from '../rule.ts';
import { wantsOf } from './acting.ts';
import { idleFindings } from './idle.ts';
import { isPolicy } from './kinds.ts';

export const ruleOverruled: ObjectRule = {
  code: 'rule-overruled',
  title: 'No rule is overruled in all that it says',
  class: 'harmful',
  description:
    'Of all rules that are for a pod the first that matches decides. Where rules before it decide everything that a rule is about, and otherwise, what it says is not what happens: an Allow that opens nothing, or a Deny that closes nothing.',
  reference: 'Calico v3.32.1 app-policy/checker/check.go:127-175',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge: (declared) =>
    idleFindings(declared, 'other', ({ unit, by }, deciding) => [
      `never decides, and is overruled: ${deciding} comes before it and says ${[...new Set(by.map(({ action }) => action))].join(' or ')}, not ${unit.action}`,
      'Give its policy a lower order, put the rule before the others, or leave it out.',
    ]),
  wanting: wantsOf,
};
