import type { Cluster, ClusterInternal, Labels, PolicyObject, PrometheusScraping } from './types.ts';

/** A Kubernetes object without a policy's type: the metrics Service and its ServiceMonitor. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The label that Kubernetes >= 1.22 puts on every namespace; `name` is on none by itself. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Every policy of the cluster in the order of the stack file. `types` is always explicit, Calico infers it differently per API. */
export function policyObjects(cluster: Cluster): PolicyObject[] {
  const { policies, network } = cluster;
  return [
    ...policies.defaultDenyIngress.map(defaultDenyIngress),
    ...policies.allowPrometheusScraping.map(allowPrometheusScraping),
    ...policies.allowDns.map((namespace) => allowDns(namespace, network.dns)),
    ...(policies.allowClusterInternal === undefined ? [] : [allowClusterInternal(policies.allowClusterInternal)]),
    ...policies.extra,
  ];
}

function defaultDenyIngress(namespace: string): PolicyObject {
  return kubernetesPolicy('default-deny-ingress', namespace, { podSelector: {}, policyTypes: ['Ingress'] });
}

function allowPrometheusScraping({ namespace, pods, from, port }: PrometheusScraping, index: number): PolicyObject {
  return kubernetesPolicy(
    index === 0 ? 'allow-prometheus-scraping' : `allow-prometheus-scraping-${index + 1}`,
    namespace,
    {
      podSelector: { matchLabels: pods },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ namespaceSelector: inNamespace(from.namespace), podSelector: { matchLabels: from.pods } }],
          ports: [{ protocol: 'TCP', port }],
        },
      ],
    },
  );
}

/**
 * DNS over UDP and TCP: to CoreDNS, and to the node-local cache where kubespray runs it. The cache is host-networked on
 * a link-local address, so no pod selector ever matches it (kubespray v2.31.0
 * roles/kubernetes-apps/ansible/templates/nodelocaldns-daemonset.yml.j2).
 */
function allowDns(namespace: string, dns: Cluster['network']['dns']): PolicyObject {
  const coreDns = {
    namespaceSelector: inNamespace('kube-system'),
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  const cache = { ipBlock: { cidr: `${dns.address}/32` } };
  return kubernetesPolicy('allow-dns', namespace, {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: dns.nodeLocalCache ? [coreDns, cache] : [coreDns],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  });
}

/**
 * Without a namespaceSelector it would select host endpoints too, and at order 100 it would cancel every Kubernetes
 * policy (order 1000) with its Allow: the namespaces that deny by default are therefore left out. `not in` alone is true
 * where the label is absent, as it is on a host endpoint, hence `has`.
 */
function allowClusterInternal({ order, nets, except }: ClusterInternal): PolicyObject {
  const leftOut = except.map((name) => `'${name}'`).join(', ');
  const others = except.length === 0 ? '' : ` && ${NAMESPACE_NAME} not in {${leftOut}}`;
  return {
    apiVersion: 'projectcalico.org/v3',
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

/**
 * The headless Service that kubespray does not make, and the ServiceMonitor that selects it. Empty with
 * `monitoring: none`.
 */
export function metricsObjects(cluster: Cluster): KubernetesObject[] {
  const { enabled, port } = cluster.felix.metrics;
  if (cluster.monitoring === 'none' || !enabled) return [];
  const labels = { 'k8s-app': 'calico-node' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'calico-node-metrics', namespace: 'kube-system', labels },
      spec: {
        clusterIP: 'None',
        selector: labels,
        ports: [{ name: 'metrics', protocol: 'TCP', port, targetPort: port }],
      },
    },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: 'calico-node', namespace: 'kube-system', labels },
      spec: { selector: { matchLabels: labels }, endpoints: [{ port: 'metrics', interval: '30s' }] },
    },
  ];
}

/**
 * Whether Calico's own API server is wanted, which alone serves `projectcalico.org/v3` to kubectl: said, or with `auto`
 * where a policy or a pool of that kind is declared.
 */
export function needsCalicoApiServer(cluster: Cluster): boolean {
  const { apiServer } = cluster.calico;
  if (apiServer !== 'auto') return apiServer;
  if (cluster.network.furtherPools.length > 0) return true;
  return policyObjects(cluster).some((object) => object.apiVersion.startsWith('projectcalico.org/'));
}

function kubernetesPolicy(name: string, namespace: string, spec: PolicyObject['spec']): PolicyObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

function inNamespace(name: string): object {
  return { matchLabels: { [NAMESPACE_NAME]: name } };
}
