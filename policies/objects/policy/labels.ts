/** Who carries which labels, as selectors ask for them: of namespaces, of whom policies act on, and of pods that they cannot. */
import { format, type Labels, matches, type Node, parseSelector, type Resource } from '../../../reachability/index.ts';
import { namespaceLabel, namespacePrefix, orchestratorLabel } from '../../../reachability/policy/selectors.ts';
import { namespaceLabels } from '../../../reachability/world/endpoint.ts';
import type { Acting } from './acting.ts';

/** By name; with those that every namespace carries. Empty where none is known. */
export function namespacesOf({ resources }: Pick<Acting, 'resources'>): ReadonlyMap<string, Labels> {
  return new Map(
    resources
      .filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1')
      .map(({ metadata: { name, labels } }): [string, Labels] => [name, carriedBy(name, labels)]),
  );
}

function carriedBy(name: string, labels: unknown): Labels {
  const inherited = [...namespaceLabels(name, labels)];
  return new Map(inherited.map(([label, value]) => [label.slice(namespacePrefix.length), value]));
}

/** Undefined of what is no selector; the validator says that. */
export function nodeOf(selector: string): Node | undefined {
  const parsed = parseSelector(selector);
  return parsed.ok ? parsed.node : undefined;
}

export interface HostPod {
  /** `monitoring/prometheus`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
}

/** Pods on their node's own network, with the labels that a selector would ask for if they were endpoints. */
export function hostPodsOf(acting: Pick<Acting, 'resources'>): HostPod[] {
  const namespaces = namespacesOf(acting);
  return acting.resources.filter(isHostPod).map(({ metadata: { name, namespace = 'default', labels = {} } }) => ({
    name: `${namespace}/${name}`,
    namespace,
    labels: new Map([
      ...[...(namespaces.get(namespace) ?? carriedBy(namespace, undefined))].map(([label, value]): [string, string] => [
        namespacePrefix + label,
        value,
      ]),
      ...Object.entries(labels).map(([label, value]): [string, string] => [label, String(value)]),
      [namespaceLabel, namespace],
      [orchestratorLabel, 'k8s'],
    ]),
  }));
}

function isHostPod({ kind, spec }: Resource): boolean {
  return kind === 'Pod' && typeof spec === 'object' && (spec as { hostNetwork?: unknown } | null)?.hostNetwork === true;
}

/** Whether the selector takes an endpoint or a set of networks of the world. */
export function takesSomebody({ analysis: { base } }: Acting, node: Node): boolean {
  const { groups, networkSets } = base.universe;
  return groups.some((labels) => matches(node, labels)) || networkSets.some(({ labels }) => matches(node, labels));
}

/** As a person wrote it, without the prefixes that the engine gives it. */
export function selectorText(selector: string): string {
  const node = nodeOf(selector);
  return (node === undefined ? selector : format(node))
    .replaceAll(namespacePrefix, 'namespace ')
    .replaceAll(`${orchestratorLabel} == "k8s" && `, '')
    .replaceAll(` && ${orchestratorLabel} == "k8s"`, '')
    .replaceAll(namespaceLabel, 'namespace');
}
