import type { ObjectRule } from '../rule.ts';
import { wantsOf } from './acting.ts';
import { idleFindings } from './idle.ts';
import { isPolicy } from './kinds.ts';

export const ruleShadowed: ObjectRule = {
  code: 'rule-shadowed',
  title: 'Something comes to every rule of a policy',
  class: 'advice',
  description:
    'Of all rules that are for a pod the first that matches decides. A rule to which nothing comes, since rules before it say the same, only seems to be what lets a connection through.',
  reference: 'Calico v3.32.1 app-policy/checker/check.go:127-175',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge: (declared) =>
    idleFindings(declared, 'same', (_, by) => [
      `never decides: ${by} says the same before it`,
      'Leave it out, or narrow what comes before it.',
    ]),
  wanting: wantsOf,
};
