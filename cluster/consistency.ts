import type { Finding } from './finding.ts';

/**
 * Mistakes that only show across fields. They look at the raw value, so that they are found beside the shape's own
 * mistakes and not one round later; whatever has the wrong type is passed over here.
 */
export function inconsistencies(value: unknown): Finding[] {
  const root = record(value);
  return [...nodeFindings(root), ...policyFindings(root), ...sshFindings(root), ...metricsFindings(root)];
}

function nodeFindings(root: Raw): Finding[] {
  const nodes = Object.entries(record(root.nodes));
  if (!isRecord(root.nodes)) return [];
  const findings: Finding[] = [];
  const owner = new Map<string, string>();
  for (const [name, node] of nodes) {
    const { address } = record(node);
    if (typeof address !== 'string') continue;
    const first = owner.get(address);
    if (first === undefined) owner.set(address, name);
    else {
      findings.push(
        refused(
          'duplicate-address',
          `nodes.${name}.address`,
          `${name} has the address ${address}, which ${first} has too`,
          'Give every node its own address.',
        ),
      );
    }
  }
  for (const role of ['control-plane', 'etcd', 'worker']) {
    if (nodes.some(([, node]) => list(record(node).roles).includes(role))) continue;
    findings.push(
      refused(`no-${role}`, 'nodes', `no node has the role ${role}`, `Add ${role} to the roles of at least one node.`),
    );
  }
  const { controller } = record(root.kubespray);
  if (typeof controller === 'string' && !nodes.some(([name]) => name === controller)) {
    findings.push(
      refused(
        'unknown-controller',
        'kubespray.controller',
        `“${controller}” is not one of the nodes`,
        `Name one of ${nodes.map(([name]) => name).join(', ')}, or leave it out.`,
      ),
    );
  }
  return findings;
}

/** Every namespace that a policy is put into, or that it expects scrapers from, must be one that exists. */
function policyFindings(root: Raw): Finding[] {
  const policies = record(root.policies);
  const known = new Set([...list(policies.namespaces), 'default', 'kube-system', 'kube-public', 'kube-node-lease']);
  const used: [string, unknown][] = [];
  for (const field of ['defaultDenyIngress', 'allowDns']) {
    list(policies[field]).forEach((ns, i) => {
      used.push([`policies.${field}[${i}]`, ns]);
    });
  }
  list(policies.allowPrometheusScraping).forEach((item, i) => {
    used.push([`policies.allowPrometheusScraping[${i}].namespace`, record(item).namespace]);
    used.push([`policies.allowPrometheusScraping[${i}].from.namespace`, record(record(item).from).namespace]);
  });
  list(record(policies.allowClusterInternal).except).forEach((ns, i) => {
    used.push([`policies.allowClusterInternal.except[${i}]`, ns]);
  });
  const findings = used
    .filter(([, ns]) => typeof ns === 'string' && !known.has(ns))
    .map(([path, ns]) =>
      refused('undeclared-namespace', path, `no namespace “${ns}” is declared`, `Add ${ns} to policies.namespaces.`),
    );
  list(policies.extra).forEach((item, i) => {
    const { apiVersion, kind, metadata } = record(item);
    const at = `policies.extra[${i}]`;
    const { namespace } = record(metadata);
    if (kind === 'GlobalNetworkPolicy' && apiVersion === 'networking.k8s.io/v1') {
      findings.push(
        refused(
          'wrong-api-version',
          `${at}.apiVersion`,
          'Kubernetes has no GlobalNetworkPolicy',
          'Write projectcalico.org/v3.',
        ),
      );
    }
    if (kind === 'GlobalNetworkPolicy' && namespace !== undefined) {
      findings.push(
        refused(
          'needless-namespace',
          `${at}.metadata.namespace`,
          'a GlobalNetworkPolicy is in no namespace',
          'Leave it out, and select namespaces with spec.namespaceSelector.',
        ),
      );
    }
    if (kind === 'NetworkPolicy' && namespace === undefined) {
      findings.push(
        refused('missing-field', `${at}.metadata.namespace`, 'a NetworkPolicy is in a namespace', 'Name it.'),
      );
    }
    if (kind === 'NetworkPolicy' && typeof namespace === 'string' && !known.has(namespace)) {
      findings.push(
        refused(
          'undeclared-namespace',
          `${at}.metadata.namespace`,
          `no namespace “${namespace}” is declared`,
          `Add ${namespace} to policies.namespaces.`,
        ),
      );
    }
  });
  return findings;
}

function sshFindings(root: Raw): Finding[] {
  const { hostKey } = record(root.ssh);
  if (hostKey === undefined || hostKey === 'accept-new') return [];
  return [
    refused(
      'shared-host-key',
      'ssh.hostKey',
      'one host key cannot be that of every node',
      'Write it at nodes.<name>.ssh.hostKey (`calispray keyscan` does), or use ssh.knownHosts.',
    ),
  ];
}

function metricsFindings(root: Raw): Finding[] {
  const { enabled } = record(record(root.felix).metrics);
  if (enabled !== false || root.monitoring === 'none') return [];
  return [
    refused(
      'metrics-off',
      'felix.metrics.enabled',
      'Prometheus is to scrape Felix, whose metrics are off',
      'Set felix.metrics.enabled: true, or monitoring: none.',
    ),
  ];
}

type Raw = Record<string, unknown>;

function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function refused(code: string, path: string, message: string, hint: string): Finding {
  return { code, class: 'refused', path, message, hint };
}
