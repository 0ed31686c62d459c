import type { Analysis, Tie } from '../../../reachability/analysis/index.ts';
import { objectNamed } from '../../../reachability/index.ts';
import type { Policy } from '../../../reachability/policy/policy.ts';
import type { Declared, KubernetesObject, ObjectFinding, ObjectRule } from '../rule.ts';
import { actingIn, objectOf, wantsOf } from './acting.ts';
import { isPolicy } from './kinds.ts';
import { connectionText } from './words.ts';

export const orderTie: ObjectRule = {
  code: 'order-tie',
  title: 'Policies that do not agree have orders of their own',
  class: 'harmful',
  description:
    'Of two policies of one tier with the same order (none said is the last of all; a NetworkPolicy of Kubernetes has 1000) the name decides which is asked first, and Calico 3.32 compares other names than 3.31 did: an upgrade, or another name, opens or closes what they do not agree on.',
  reference:
    'Calico v3.32.1 felix/calc/policy_sorter.go PolKVLess; v3.31.7 libcalico-go/lib/backend/syncersv1/updateprocessors/networkpolicyprocessor.go',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    const analysis = actingIn(declared)?.analysis;
    return analysis === undefined ? [] : analysis.ties.flatMap((tie) => findingOf(tie, declared, analysis));
  },
  wanting: wantsOf,
};

function findingOf(tie: Tie, declared: Declared, analysis: Analysis): ObjectFinding[] {
  const sides = [tie.one, tie.other].map((side) => {
    const unit = analysis.unitOf(side.hit);
    return { ...side, object: unit && objectOf(declared, unit.resource) };
  });
  // The order of a policy of Kubernetes cannot be changed.
  const written = sides.map(({ object }) => object).filter((object) => object !== undefined);
  const at = written.find(hasOrder) ?? written[0];
  if (at === undefined) return [];
  const [a, b] = [tie.one, tie.other].map(({ hit }) => named(hit.policy));
  const order = Number.isFinite(tie.order) ? `order ${tie.order}` : 'no order';
  const verdictOf = (first: Policy) => (tie.one.hit.policy === first ? tie.one.verdict : tie.other.verdict);
  const { before, since } = tie.first;
  const said =
    before === since
      ? `${named(since)} is asked first (${verdictOf(since)}) for its name alone`
      : `up to Calico 3.31 ${named(before)} is asked first (${verdictOf(before)}), from 3.32 on ${named(since)} (${verdictOf(since)})`;
  return [
    {
      urn: at.urn,
      path: hasOrder(at) ? 'spec.order' : 'metadata.name',
      message: `${a} and ${b} both have ${order} in tier ${tie.tier} and do not agree on ${connectionText(analysis, tie.direction, tie.cells)}: ${said}`,
      hint: 'Give the one that is to decide a lower order than the other has.',
    },
  ];
}

function hasOrder({ apiVersion }: KubernetesObject): boolean {
  return apiVersion.startsWith('projectcalico.org/');
}

function named({ kind, namespace, name }: Policy): string {
  return objectNamed({ kind, policy: namespace === '' ? name : `${namespace}/${name}` });
}
