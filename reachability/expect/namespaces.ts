/** The namespaces of a world with their labels, those that are there anyhow among them. */
import { type Resource, textMap } from '../raw.ts';

export type NamespaceLabels = Readonly<Record<string, string>>;

/** Of every cluster. */
const always = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

const placed = new Set([
  'Pod',
  'NetworkPolicy',
  'NetworkSet',
  'Service',
  'ServiceAccount',
  'Deployment',
  'StatefulSet',
]);

/** By name; one that only a pod or a policy stands in has no labels but its name. */
export function namespacesOf(resources: readonly Resource[]): ReadonlyMap<string, NamespaceLabels> {
  const found = new Map<string, NamespaceLabels>();
  for (const name of always) found.set(name, named(name));
  for (const { kind, metadata } of resources) {
    const { namespace } = metadata;
    if (placed.has(kind) && namespace !== undefined && !found.has(namespace)) found.set(namespace, named(namespace));
  }
  for (const { kind, metadata } of resources) {
    if (kind !== 'Namespace') continue;
    found.set(metadata.name, { ...Object.fromEntries(textMap(metadata.labels)), ...named(metadata.name) });
  }
  return found;
}

function named(name: string): NamespaceLabels {
  return { 'kubernetes.io/metadata.name': name };
}

/** Every wanted label is among those that are there. */
export function carries(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
