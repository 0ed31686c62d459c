/** The cluster as the objects that its API will hold, as far as the stack file says: what a question about its policies needs. */
import { type KubernetesObject, metricsObjects } from './monitoring/objects.ts';
import { modeOf } from './network.ts';
import { coreDnsOf } from './policies/dns.ts';
import { declaredPolicies, namespaceObjects, policyObjects } from './policies/index.ts';
import { nameOf } from './policies/staged.ts';
import { poolObjects } from './pools.ts';
import type { Cluster, Encapsulation, Ipv6, Labels, PolicyObject, Workload } from './types.ts';

/** An object of which only what is declared is known. */
export interface DeclaredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** The whole world of a question: policies and what they act in. */
export function declaredObjects(cluster: Cluster): (DeclaredObject | KubernetesObject | PolicyObject)[] {
  return [...worldOf(cluster), ...policyObjects(cluster)];
}

/**
 * What there is beside policies and what they refer to: namespaces (Kubernetes' own among them), nodes with their addresses, pools,
 * Felix' settings, the cluster's DNS, workloads, the metrics Service. Addresses of tunnels and of pods are not known before there is a cluster.
 */
export function worldOf(cluster: Cluster): (DeclaredObject | KubernetesObject)[] {
  const made = namespaceObjects(cluster).map(({ spec: _, ...namespace }) => namespace);
  const others = ['default', 'kube-system', ...cluster.workloads.map(({ namespace }) => namespace)];
  return [
    ...[...new Set(others)]
      .filter((name) => !cluster.policies.namespaces.includes(name))
      .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...made,
    ...cluster.nodes.map(nodeObject),
    ...managedPools(cluster),
    ...poolObjects(cluster),
    felixObject(cluster),
    ...dnsObjects(cluster),
    ...cluster.workloads.map(workloadObject),
    ...metricsObjects(cluster).filter(({ kind }) => kind === 'Service'),
  ];
}

/**
 * Where in the stack file, or in which manifest, an object comes from: `NetworkPolicy production/allow-dns` → `policies.allowDns[0]`,
 * `GlobalNetworkPolicy deny-all` → `manifests/global.yaml#2`.
 */
export function originsOf(cluster: Cluster): Readonly<Record<string, string>> {
  const { policies, network, workloads } = cluster;
  return Object.fromEntries([
    ...policies.namespaces.map((name, i) => [`Namespace ${name}`, `policies.namespaces[${i}]`]),
    ...declaredPolicies(cluster).map(({ object, origin }) => [nameOf(object), origin]),
    [`IPPool ${network.pool.name}`, 'network.pool'],
    ...network.furtherPools.map(({ name }, i) => [`IPPool ${name}`, `network.furtherPools[${i}]`]),
    ...workloads.map(({ namespace, name }, i) => [`Pod ${namespace}/${name}`, `workloads[${i}]`]),
  ]);
}

function nodeObject({ name, address, address6, labels }: Cluster['nodes'][number]): DeclaredObject {
  const addresses = [address, ...(address6 === undefined ? [] : [address6])];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    status: { addresses: addresses.map((one) => ({ type: 'InternalIP', address: one })) },
  };
}

/** Those that kubespray makes, one a family. */
function managedPools({ network }: Cluster): DeclaredObject[] {
  const { pool, encapsulation, ipv6 } = network;
  const made = (name: string, cidr: string, how: Encapsulation | Ipv6['encapsulation']) => ({
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name },
    spec: { cidr, ipipMode: modeOf('ipip', how), vxlanMode: modeOf('vxlan', how) },
  });
  return [
    made(pool.name, pool.cidr, encapsulation),
    ...(ipv6 === undefined ? [] : [made(`${pool.name}-ipv6`, ipv6.pool.cidr, ipv6.encapsulation)]),
  ];
}

/** What kubespray tells Felix by its environment, in the words of the API: what pods may send to their own node, and further tunnels. */
function felixObject({ felix, network }: Cluster): DeclaredObject {
  const action = felix.endpointToHostAction;
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: {
      defaultEndpointToHostAction: `${action.charAt(0).toUpperCase()}${action.slice(1)}`,
      ...(network.wireguard ? { wireguardEnabled: true } : {}),
    },
  };
}

/**
 * CoreDNS and the cache of the nodes as kubespray v2.31.0 makes them (roles/kubernetes-apps/ansible/templates/coredns-deployment.yml.j2,
 * coredns-svc.yml.j2, nodelocaldns-daemonset.yml.j2). The cache is on the host network, and answers at an address that no Node has: its pod has that one here.
 */
function dnsObjects(cluster: Cluster): DeclaredObject[] {
  const { nodeLocalCache, address } = cluster.network.dns;
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' as const },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' as const },
    { name: 'metrics', port: 9153, protocol: 'TCP' as const },
  ];
  const namespace = 'kube-system';
  const coreDns = coreDnsOf(cluster).flatMap(({ name, labels, clusterIp }) => [
    podObject({ namespace, name, labels, ports, serviceAccount: 'coredns', hostNetwork: false }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: { selector: labels, clusterIP: clusterIp, ports },
    },
  ]);
  const cache = {
    namespace,
    name: 'nodelocaldns',
    labels: { 'k8s-app': 'node-local-dns' },
    ports: ports.slice(0, 2),
    serviceAccount: 'nodelocaldns',
    hostNetwork: true,
  };
  if (!nodeLocalCache) return coreDns;
  return [...coreDns, { ...podObject(cache), status: { podIP: address } }];
}

/** By its controller it is called what the stack file calls it, whatever its labels are. */
function workloadObject(workload: Workload): DeclaredObject {
  const pod = podObject(workload);
  const controller = { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.name, controller: true };
  return { ...pod, metadata: { ...pod.metadata, ownerReferences: [controller] } };
}

/** One pod of it, on no node and without an address: nobody can know them yet. */
function podObject({ namespace, name, labels, ports, serviceAccount, hostNetwork }: Workload): DeclaredObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
      ...(hostNetwork ? { hostNetwork } : {}),
      containers: [
        {
          name,
          ports: ports.map((one) => ({
            ...(one.name === undefined ? {} : { name: one.name }),
            containerPort: one.port,
            protocol: one.protocol,
          })),
        },
      ],
    },
  };
}
