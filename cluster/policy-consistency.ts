import type { Finding } from './finding.ts';
import type { WrittenManifest } from './policies/manifests.ts';
import { objectFindings } from './policies/object-consistency.ts';
import { list, type Raw, record, refused } from './raw.ts';

/** Namespaces that every cluster has. */
export const SYSTEM = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** What only shows across the sections of `policies`, in a raw value. */
export function policyFindings(root: Raw, manifests: readonly WrittenManifest[]): Finding[] {
  const policies = record(root.policies);
  const known = new Set([...list(policies.namespaces), ...SYSTEM]);
  return [
    ...repetitions(policies),
    ...existing(policies),
    ...labelled(policies),
    ...namespacesOf(policies)
      .filter(([, namespace]) => typeof namespace === 'string' && !known.has(namespace))
      .map(([path, namespace]) =>
        refused(
          'undeclared-namespace',
          path,
          `no namespace “${namespace}” is declared`,
          `Add ${namespace} to policies.namespaces.`,
        ),
      ),
    ...objectFindings(policies, manifests, known),
  ];
}

/** One namespace twice would be one resource twice. */
function repetitions(policies: Raw): Finding[] {
  return ['namespaces', 'defaultDenyIngress', 'allowDns', 'isolate'].flatMap((field) => {
    const names = list(policies[field]);
    return names.flatMap((name, i) =>
      typeof name !== 'string' || names.indexOf(name) === i
        ? []
        : [refused('repeated', `policies.${field}[${i}]`, `“${name}” is there already`, 'Leave it out.')],
    );
  });
}

function existing(policies: Raw): Finding[] {
  return list(policies.namespaces).flatMap((name, i) =>
    SYSTEM.some((system) => system === name)
      ? [
          refused(
            'existing-namespace',
            `policies.namespaces[${i}]`,
            `every cluster has the namespace ${name}`,
            'Leave it out: only namespaces to be made stand here.',
          ),
        ]
      : [],
  );
}

/** Labels of a namespace that something else makes would never be written. */
function labelled(policies: Raw): Finding[] {
  const declared = list(policies.namespaces);
  return Object.keys(record(policies.namespaceLabels))
    .filter((name) => !declared.includes(name))
    .map((name) => {
      const hint = `Add ${name} to policies.namespaces, or leave its labels to whoever makes it.`;
      return refused(
        'undeclared-namespace',
        `policies.namespaceLabels.${name}`,
        `no namespace “${name}” is made here`,
        hint,
      );
    });
}

/** Every namespace that a policy is put into, leaves out, or expects scrapers from, with its path. */
function namespacesOf(policies: Raw): [path: string, namespace: unknown][] {
  const plain = ['defaultDenyIngress', 'allowDns', 'isolate'].flatMap((field) =>
    list(policies[field]).map((ns, i): [string, unknown] => [`policies.${field}[${i}]`, ns]),
  );
  const scraping = list(policies.allowPrometheusScraping).flatMap((item, i): [string, unknown][] => [
    [`policies.allowPrometheusScraping[${i}].namespace`, record(item).namespace],
    [`policies.allowPrometheusScraping[${i}].from.namespace`, record(record(item).from).namespace],
  ]);
  const except = list(record(policies.allowClusterInternal).except).map((ns, i): [string, unknown] => [
    `policies.allowClusterInternal.except[${i}]`,
    ns,
  ]);
  return [...plain, ...scraping, ...except];
}
