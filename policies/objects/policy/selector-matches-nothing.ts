import { meansHosts as meansNodes } from '../../../reachability/analysis/hosts.ts';
import { samplesOf } from '../../../reachability/analysis/samples.ts';
import { type Labels, matches, type Node } from '../../../reachability/index.ts';
import { namespaceLabel } from '../../../reachability/policy/selectors.ts';
import type { KubernetesObject, ObjectFinding, ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { type Acting, actingIn, wantsOf } from './acting.ts';
import { type End, endsOf } from './ends.ts';
import { isPolicy } from './kinds.ts';
import { hostPodsOf, namespacesOf, nodeOf, selectorText, takesSomebody } from './labels.ts';
import { meets, missingLabelIn } from './namespace-label-missing.ts';
import { listText } from './words.ts';

export const selectorMatchesNothing: ObjectRule = {
  code: 'selector-matches-nothing',
  title: 'A selector means some workload that is declared',
  class: 'advice',
  description:
    'A label that is written wrong is accepted, and the policy is for nobody, or its rule about nobody. Judged where the stack tells of workloads in the namespaces that the selector means; what is not declared there may run all the same, hence advice.',
  reference: 'https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#selectors',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    const acting = actingIn(declared);
    if (acting?.world === undefined) return [];
    const workloads = workloadsOf(acting);
    const missingLabel = missingLabelIn(declared, acting);
    return workloads.size === 0
      ? []
      : declared.objects.flatMap((object) =>
          endsOf(object).flatMap((end) => judged(object, end, acting, workloads, missingLabel)),
        );
  },
  wanting: wantsOf,
};

/** Labels of the workloads of each namespace that the stack tells of. The cluster's own DNS says nothing of the rest of kube-system. */
function workloadsOf({ analysis: { base } }: Acting): ReadonlyMap<string, readonly { name: string; labels: Labels }[]> {
  const pods = [...base.universe.located.values()].filter(({ endpoint }) => endpoint.kind === 'pod');
  const named = pods.map(({ endpoint: { id, labels } }) => ({ name: id, labels }));
  return Map.groupBy(
    named.filter(({ labels }) => labels.get(namespaceLabel) !== 'kube-system'),
    ({ labels }) => labels.get(namespaceLabel) ?? '',
  );
}

function judged(
  object: KubernetesObject,
  end: End,
  acting: Acting,
  workloads: ReturnType<typeof workloadsOf>,
  missingLabel: ReturnType<typeof missingLabelIn>,
): ObjectFinding[] {
  const node = end.selector === '' || meansHostEndpoints(object) ? undefined : nodeOf(end.selector);
  if (
    node === undefined ||
    takesSomebody(acting, node) ||
    meansHosts(node, acting) ||
    meansNodes(acting.analysis.base, node)
  )
    return [];
  const known = namespacesOf(acting);
  const named = end.namespaces && nodeOf(end.namespaces.selector);
  if (end.namespaces !== undefined && missingLabel(end.namespaces.selector) !== undefined) return [];
  const nobody = end.of === 'policy' ? 'is for nobody' : 'has a rule about nobody';
  if (named !== undefined && known.size > 0 && !meets(named, known)) {
    return [
      {
        urn: object.urn,
        path: end.namespaces?.path ?? end.path,
        message: `${nameOf(object)} ${nobody}: no namespace of this stack (${listText([...known.keys()].sort(), 6)}) is meant by ${selectorText(end.namespaces?.selector ?? '')}`,
        hint: 'Write the name as the namespace has it, or declare the namespace.',
      },
    ];
  }
  const meant = [...known].filter(([name, labels]) => means(end, name, labels, node)).map(([name]) => name);
  const narrow = meant.length < known.size;
  if (meant.length === 0 || (narrow && meant.some((name) => !workloads.has(name)))) return [];
  const some = meant.flatMap((name) => workloads.get(name) ?? []);
  return [
    {
      urn: object.urn,
      path: end.path,
      message: `${nameOf(object)} ${nobody}: no workload of ${narrow ? listText(meant) : 'any namespace'} has ${wantedText(end.selector, node)}`,
      hint: `Those that are declared there carry ${listText(
        some.map(({ labels }) => labelText(labels)),
        4,
      )}.`,
    },
  ];
}

/** Calico may make those itself, so none need be declared. */
function meansHostEndpoints({ spec }: KubernetesObject): boolean {
  return [spec.applyOnForward, spec.doNotTrack, spec.preDNAT].includes(true);
}

/** Namespaces whose pods the end may mean, by its namespaceSelector or by the policy's own namespace. */
function means(end: End, name: string, labels: Labels, node: Node): boolean {
  const selector = end.namespaces && nodeOf(end.namespaces.selector);
  if (selector !== undefined) return matches(selector, labels);
  return namespacesIn(node).every((wanted) => wanted === name);
}

function namespacesIn(node: Node): string[] {
  if (node.kind === 'compare') return node.label === namespaceLabel && node.operator === '==' ? [node.value] : [];
  return node.kind === 'and' ? node.operands.flatMap(namespacesIn) : [];
}

function meansHosts(node: Node, acting: Acting): boolean {
  return hostPodsOf(acting).some(({ labels }) => matches(node, labels));
}

/** The labels that are asked for; the selector where it asks otherwise. */
function wantedText(selector: string, node: Node): string {
  const wanted = samplesOf(node).map(labelText);
  return wanted.length === 0 || wanted.includes('no label') ? selectorText(selector) : listText(wanted);
}

/** What its author gave it. */
function labelText(labels: Labels): string {
  const own = [...labels].filter(([label]) => !/^(pcns\.|pcsa\.|projectcalico\.org\/)/.test(label));
  return own.length === 0 ? 'no label' : own.map(([label, value]) => `${label}=${value}`).join(', ');
}
