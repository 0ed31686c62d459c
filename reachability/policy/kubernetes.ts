/** NetworkPolicy of networking.k8s.io/v1, as Calico turns it into its own (v3.32.1 libcalico-go/lib/backend/k8s/conversion/conversion.go). */
import { parseNet } from '../address.ts';
import { type Fields, fields, isFields, list, type Resource, text, textMap, texts } from '../raw.ts';
import { defaultTier } from './calico.ts';
import { anything, type Entity, type Policy, type Port, portOf, protocolNumber, type Rule } from './policy.ts';
import { entitySelector, namespacedSelector, orchestratorLabel } from './selectors.ts';

/** All of them stand here in the tier (conversion.go K8sNetworkPolicyToCalico). */
const kubernetesOrder = 1000;

export function kubernetesPolicy(resource: Resource): Policy {
  const { name, namespace = '' } = resource.metadata;
  const spec = fields(resource.spec);
  const { ingress, egress } = directions(spec);
  const rules = (of: unknown, peers: 'from' | 'to') =>
    list(of).flatMap((rule) => rulesOf(fields(rule), peers, namespace) ?? []);
  return {
    kind: 'KubernetesNetworkPolicy',
    name,
    namespace,
    tier: defaultTier,
    order: kubernetesOrder,
    selector: namespacedSelector(namespace, podSelector(spec.podSelector), ''),
    ...(ingress && { ingress: rules(spec.ingress, 'from') }),
    ...(egress && { egress: rules(spec.egress, 'to') }),
    stage: 'normal',
  };
}

/** Left out: Ingress, and Egress where there are egress rules (Kubernetes pkg/apis/networking/v1/defaults.go). */
function directions(spec: Fields): { ingress: boolean; egress: boolean } {
  const types = texts(spec.policyTypes);
  if (types.length === 0) return { ingress: true, egress: list(spec.egress).length > 0 };
  return { ingress: types.includes('Ingress'), egress: types.includes('Egress') };
}

/**
 * One rule for each protocol and peer, the protocols in the alphabet's order, all the ports of one in one rule. Undefined where a port
 * cannot be read: Calico drops such a rule whole.
 */
function rulesOf(rule: Fields, peers: 'from' | 'to', namespace: string): Rule[] | undefined {
  const ports = portsByProtocol(list(rule.ports));
  if (ports === undefined) return undefined;
  const ends = list(rule[peers]).map((peer) => peerOf(fields(peer), namespace));
  return ports.flatMap(({ protocol, ports }) =>
    (ends.length === 0 ? [anything] : ends).map((peer): Rule => {
      const far = { ...anything, ports };
      return {
        action: 'allow',
        ...(protocol !== undefined && { protocol }),
        source: peers === 'from' ? peer : anything,
        destination: peers === 'from' ? far : { ...peer, ports },
      };
    }),
  );
}

interface Served {
  readonly protocol?: number;
  readonly ports: Port[];
}

/** Without ports, or with an empty list of them, everything; one entry without a port opens its protocol whole. */
function portsByProtocol(ports: readonly unknown[]): Served[] | undefined {
  if (ports.length === 0) return [{ ports: [] }];
  const byName = new Map<string, Port[] | 'all'>();
  for (const entry of ports) {
    const { protocol, port, endPort } = fields(entry);
    const name = text(protocol) || 'TCP';
    const known = byName.get(name);
    if (port === undefined || port === null) byName.set(name, 'all');
    else {
      const end = endPort === undefined || endPort === null ? '' : `:${String(endPort)}`;
      const read = portOf(`${String(port)}${end}`);
      if (read === undefined) return undefined;
      if (known !== 'all') byName.set(name, [...(known ?? []), read]);
    }
  }
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, open]) => ({ protocol: protocolNumber(name) as number, ports: open === 'all' ? [] : open }));
}

/** An ipBlock means pods too, by their addresses; what cannot be read in one is left out (conversion.go k8sPeerToCalicoFields). */
function peerOf(peer: Fields, namespace: string): Entity {
  if (isFields(peer.ipBlock)) {
    const net = parseNet(text(peer.ipBlock.cidr));
    if (net === undefined) return anything;
    const except = texts(peer.ipBlock.except).map(parseNet);
    const bad = except.indexOf(undefined);
    const notNets = (bad < 0 ? except : except.slice(0, bad)).filter((n) => n !== undefined);
    return { ...anything, nets: [net], notNets };
  }
  const selector = entitySelector(
    {
      selector: podSelector(peer.podSelector),
      notSelector: '',
      namespaceSelector: isFields(peer.namespaceSelector) ? namespaceSelector(peer.namespaceSelector) : '',
      serviceAccounts: { names: [], selector: '' },
    },
    namespace,
  );
  return { ...anything, selector };
}

/** Pods of Kubernetes alone: neither host endpoints nor network sets, whatever labels they carry. */
export function podSelector(value: unknown): string {
  return [`${orchestratorLabel} == 'k8s'`, ...requirements(fields(value))].join(' && ');
}

/** An empty one selects every namespace. */
export function namespaceSelector(value: Fields): string {
  return requirements(value).join(' && ') || 'all()';
}

function requirements(selector: Fields): string[] {
  const labels = textMap(selector.matchLabels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} == '${value}'`);
  const expressions = list(selector.matchExpressions).flatMap((expression) => {
    const { key, operator, values } = fields(expression);
    const set = `{ '${list(values).map(String).join("', '")}' }`;
    switch (operator) {
      case 'In':
        return `${text(key)} in ${set}`;
      case 'NotIn':
        return `${text(key)} not in ${set}`;
      case 'Exists':
        return `has(${text(key)})`;
      case 'DoesNotExist':
        return `! has(${text(key)})`;
      default:
        return [];
    }
  });
  return [...labels, ...expressions];
}
