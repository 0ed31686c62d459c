/** Policies that a person would want, as objects of the API: a few lines each, over the same types as those of one's own. */
import { familyOf } from '../cidr.ts';
import type {
  ClusterInternal,
  Direction,
  KubernetesPolicy,
  KubernetesSpec,
  Labels,
  PolicyObject,
} from '../types/policies.ts';
import type { ClusterDns } from './dns.ts';
import { CALICO, KUBERNETES } from './kinds.ts';

/** The label that Kubernetes >= 1.22 puts on every namespace; `name` is on none by itself. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/**
 * Nobody reaches the pods of a namespace, and with `Egress` they reach nobody, but for what other policies of Kubernetes allow.
 * `default-deny-ingress`, `default-deny-egress`, or `default-deny` for both directions.
 */
export function defaultDeny(
  namespace: string,
  directions: readonly [Direction, ...Direction[]] = ['Ingress'],
): KubernetesPolicy {
  const [only, ...others] = directions;
  const name = others.length > 0 ? 'default-deny' : `default-deny-${only.toLowerCase()}`;
  return kubernetesPolicy(name, namespace, { podSelector: {}, policyTypes: [...directions] });
}

/**
 * `allow-dns`: the pods of a namespace may ask for names, over UDP and, as answers that do not fit into a packet come that way, TCP.
 * A namespace with a policy for egress reaches nothing else that no other policy allows: this is one. `dns`: clusterDns(cluster).
 */
export function allowDns(namespace: string, dns: ClusterDns): KubernetesPolicy {
  return kubernetesPolicy('allow-dns', namespace, {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: toDns(dns),
  });
}

/** Nets: as nodesAsSources(cluster) gives them for a Prometheus on the network of its node, which no selector of pods matches. */
export type Scraper = { readonly namespace: string; readonly pods: Labels } | { readonly nets: readonly string[] };

export interface Scraped {
  readonly namespace: string;
  /** Labels of the pods that are scraped, all of them. */
  readonly pods: Labels;
  /** TCP port of the metrics. */
  readonly port: number;
  readonly from: Scraper;
  /** Default: `allow-prometheus-scraping`. */
  readonly name?: string;
}

/** Prometheus may reach pods of a namespace on the port of their metrics, and on no other. */
export function allowPrometheus({ namespace, pods, port, from: scraper, name }: Scraped): KubernetesPolicy {
  const from =
    'nets' in scraper
      ? scraper.nets.map((cidr) => ({ ipBlock: { cidr } }))
      : [{ namespaceSelector: inNamespace(scraper.namespace), podSelector: { matchLabels: { ...scraper.pods } } }];
  return kubernetesPolicy(name ?? 'allow-prometheus-scraping', namespace, {
    podSelector: { matchLabels: { ...pods } },
    policyTypes: ['Ingress'],
    // A rule with an empty `from` would let everyone in.
    ingress: from.length === 0 ? [] : [{ from, ports: [{ protocol: 'TCP', port }] }],
  });
}

/** `isolate`: the pods of a namespace reach each other and DNS, and nobody else; nobody else reaches them, but for their nodes' probes. */
export function isolate(namespace: string, dns: ClusterDns): KubernetesPolicy {
  const own = { podSelector: {} };
  return kubernetesPolicy('isolate', namespace, {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [own] }],
    egress: [{ to: [own] }, ...toDns(dns)],
  });
}

/**
 * Without a namespaceSelector it would select host endpoints too, and at order 100 it would cancel every Kubernetes
 * policy (order 1000) with its Allow: the namespaces that deny by default are therefore left out. `not in` alone is true
 * where the label is absent, as it is on a host endpoint, hence `has`.
 */
export function allowClusterInternal({ order, nets, except }: ClusterInternal): PolicyObject {
  const leftOut = except.map((name) => `'${name}'`).join(', ');
  const others = except.length === 0 ? '' : ` && ${NAMESPACE_NAME} not in {${leftOut}}`;
  return {
    apiVersion: CALICO,
    kind: 'GlobalNetworkPolicy',
    metadata: { name: 'allow-cluster-internal' },
    spec: {
      order,
      namespaceSelector: `has(${NAMESPACE_NAME})${others}`,
      types: ['Ingress', 'Egress'],
      ingress: [{ action: 'Allow', source: { nets } }],
      egress: [{ action: 'Allow' }],
    },
  };
}

/** No rule where there is nobody to ask: one with an empty `to` would allow everyone. */
function toDns({ pods, addresses }: ClusterDns): NonNullable<KubernetesSpec['egress']> {
  const to = [
    ...pods.map((matchLabels) => ({
      namespaceSelector: inNamespace('kube-system'),
      podSelector: { matchLabels: { ...matchLabels } },
    })),
    ...addresses.map((address) => ({ ipBlock: { cidr: `${address}/${familyOf(address) === 6 ? 128 : 32}` } })),
  ];
  if (to.length === 0) return [];
  return [
    {
      to,
      ports: [
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 53 },
      ],
    },
  ];
}

function kubernetesPolicy(name: string, namespace: string, spec: KubernetesSpec): KubernetesPolicy {
  return { apiVersion: KUBERNETES, kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

function inNamespace(name: string): { matchLabels: Record<string, string> } {
  return { matchLabels: { [NAMESPACE_NAME]: name } };
}
