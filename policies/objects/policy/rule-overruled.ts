import { isRecord } from '../../../cluster/raw.ts';
import type { Resource } from '../../../reachability/index.ts';
import type { ObjectRule } from '../rule.ts';
import { wantsOf } from './acting.ts';
import { idleFindings } from './idle.ts';
import { isPolicy } from './kinds.ts';
import { listText } from './words.ts';

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
      `never decides, and is overruled: before it ${listText(by.map(({ action }) => action))} is said, not ${unit.action}, by ${deciding}`,
      `Give its policy a lower order${hasNone(unit.resource) ? ' (it has none, and so is asked last)' : ''}, put the rule before the others, or leave it out.`,
    ]),
  wanting: wantsOf,
};

/** One of Kubernetes has 1000. */
function hasNone({ apiVersion, spec }: Resource): boolean {
  return apiVersion.includes('projectcalico.org/') && isRecord(spec) && spec.order === undefined;
}
