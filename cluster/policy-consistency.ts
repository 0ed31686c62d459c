import type { Finding } from './finding.ts';
import { list, type Raw, record, refused } from './raw.ts';

/** Namespaces that every cluster has. */
const SYSTEM = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Names of the policies that the sections of `policies` make: one of one's own may not be called the same. */
const OURS = {
  'default-deny-ingress': 'defaultDenyIngress',
  'allow-dns': 'allowDns',
  'allow-prometheus-scraping': 'allowPrometheusScraping',
  'allow-cluster-internal': 'allowClusterInternal',
};

/** What only shows across the sections of `policies`, in a raw value. */
export function policyFindings(root: Raw): Finding[] {
  const policies = record(root.policies);
  const known = new Set([...list(policies.namespaces), ...SYSTEM]);
  return [
    ...repetitions(policies),
    ...existing(policies),
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
    ...list(policies.extra).flatMap((item, i) => extraFindings(record(item), `policies.extra[${i}]`)),
    ...sameNames(policies),
  ];
}

/** One namespace twice would be one resource twice. */
function repetitions(policies: Raw): Finding[] {
  return ['namespaces', 'defaultDenyIngress', 'allowDns'].flatMap((field) => {
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

/** Every namespace that a policy is put into, leaves out, or expects scrapers from, with its path. */
function namespacesOf(policies: Raw): [path: string, namespace: unknown][] {
  const plain = ['defaultDenyIngress', 'allowDns'].flatMap((field) =>
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
  const extra = list(policies.extra).map((item, i): [string, unknown] => [
    `policies.extra[${i}].metadata.namespace`,
    record(record(item).metadata).namespace,
  ]);
  return [...plain, ...scraping, ...except, ...extra];
}

function extraFindings({ apiVersion, kind, metadata }: Raw, at: string): Finding[] {
  const { namespace } = record(metadata);
  if (kind === 'NetworkPolicy' && namespace === undefined) {
    return [refused('missing-field', `${at}.metadata.namespace`, 'a NetworkPolicy is in a namespace', 'Name it.')];
  }
  if (kind !== 'GlobalNetworkPolicy') return [];
  const found: Finding[] = [];
  if (apiVersion === 'networking.k8s.io/v1') {
    const hint = 'Write projectcalico.org/v3.';
    found.push(refused('wrong-api-version', `${at}.apiVersion`, 'Kubernetes has no GlobalNetworkPolicy', hint));
  }
  if (namespace !== undefined) {
    const hint = 'Leave it out, and select namespaces with spec.namespaceSelector.';
    const message = 'a GlobalNetworkPolicy is in no namespace';
    found.push(refused('needless-namespace', `${at}.metadata.namespace`, message, hint));
  }
  return found;
}

/** Two policies of one's own, or one of one's own and one of ours, under one name in one place. */
function sameNames(policies: Raw): Finding[] {
  const seen = new Set<string>();
  return list(policies.extra).flatMap((item, i) => {
    const { kind, metadata } = record(item);
    const { name, namespace } = record(metadata);
    if (![kind, namespace ?? '', name].every((part) => typeof part === 'string')) return [];
    const key = [kind, namespace, name].join(' ');
    const section = Object.entries(OURS).find(([ours]) => ours === name)?.[1];
    const path = `policies.extra[${i}].metadata.name`;
    if (seen.has(key)) return [refused('repeated', path, `“${name}” is there already`, 'Give it a name of its own.')];
    seen.add(key);
    if (section === undefined || policies[section] === undefined) return [];
    const message = `policies.${section} makes a policy called ${name}`;
    return [refused('repeated', path, message, 'Give it a name of its own, or leave that section out.')];
  });
}
