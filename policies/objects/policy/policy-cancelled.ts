import type { Analysis, Cancelled } from '../../../reachability/analysis/index.ts';
import { objectNamed } from '../../../reachability/index.ts';
import type { Policy } from '../../../reachability/policy/policy.ts';
import type { Declared, ObjectFinding, ObjectRule } from '../rule.ts';
import { actingIn, nameWith, objectOf, wantsOf } from './acting.ts';
import { isGlobalPolicy, isPolicy } from './kinds.ts';
import { listText, queryText, reachText } from './words.ts';

export const policyCancelled: ObjectRule = {
  code: 'policy-cancelled',
  title: 'No allow makes a deny of another policy void',
  class: 'harmful',
  description:
    'A policy that denies by default does so at the end of its tier alone. An Allow of any other policy of the tier that is for the same pods is asked before that, whether its order is lower or higher: one that opens every port to all pods of the cluster leaves the deny nothing, and nobody is told.',
  reference:
    'Calico v3.32.1 app-policy/checker/check.go:127-175, libcalico-go/lib/backend/k8s/conversion/conversion.go:281',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    const acting = actingIn(declared);
    if (acting === undefined) return [];
    const { analysis } = acting;
    return analysis.cancelled.flatMap((cancelled) => findingOf(cancelled, declared, analysis));
  },
  wanting: wantsOf,
};

function findingOf(cancelled: Cancelled, declared: Declared, analysis: Analysis): ObjectFinding[] {
  const [first, ...others] = cancelled.by;
  const unit = analysis.unitOf(first);
  const object = unit && objectOf(declared, unit.resource);
  if (first === undefined || unit === undefined || object === undefined) return [];
  const denies = listText(cancelled.denies.map(named));
  const what = cancelled.rules.length > 0 ? 'a Deny' : 'the default deny';
  const names = listText(others.map(({ step }) => objectNamed(step)));
  const together = others.length === 0 ? '' : `, together with ${names},`;
  const open = reachText(analysis, cancelled.direction, cancelled.cells);
  const order = orderText(first.policy, cancelled.denies);
  const { from, to } = cancelled.words;
  const example = `${queryText({ ...cancelled.connection, src: from, dst: to })} is allowed, and without it would be denied`;
  return [
    {
      urn: object.urn,
      path: `spec.${unit.field}`,
      message: `${nameWith(unit.resource)}${together} makes ${what} of ${denies} void, ${order}: it lets ${open}; ${example}`,
      hint: hintOf(cancelled, isGlobalPolicy(object)),
    },
  ];
}

/** Why it comes first, which is not plain where its order is the higher. */
function orderText(allow: Policy, denies: readonly Policy[]): string {
  const orders = new Set(denies.map((deny) => order(deny)));
  const [deny] = denies;
  if (deny === undefined || deny.tier !== allow.tier) return `from tier ${allow.tier}`;
  if (allow.order < deny.order) return `with ${order(allow)} before ${[...orders].join(' and ')}`;
  const later =
    allow.order > deny.order
      ? `with ${order(allow)} after ${[...orders].join(' and ')}`
      : `with the same ${order(allow)}`;
  return `though ${later}, since nothing is denied before the end of the tier`;
}

function order(policy: Policy): string {
  return Number.isFinite(policy.order) ? `order ${policy.order}` : 'no order';
}

function hintOf({ denies, direction }: Cancelled, global: boolean): string {
  const namespaces = [...new Set(denies.map(({ namespace }) => namespace))].filter((name) => name !== '');
  const way = direction === 'ingress' ? 'from whom' : 'to whom';
  const narrow = `allow only what is meant: ${way}, and on which ports`;
  if (!global || namespaces.length === 0) return `Leave out whom the deny is for, or ${narrow}.`;
  const names = namespaces.map((name) => `'${name}'`).join(', ');
  return `Leave them out, with namespaceSelector: has(kubernetes.io/metadata.name) && kubernetes.io/metadata.name not in {${names}}; or ${narrow}.`;
}

function named({ kind, namespace, name }: Policy): string {
  return objectNamed({ kind, policy: namespace === '' ? name : `${namespace}/${name}` });
}
