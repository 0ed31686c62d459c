/** The cluster as the objects that its API will hold, as far as the stack file says: what a question about its policies needs. */
import { type KubernetesObject, metricsObjects, policyObjects } from './policies.ts';
import type { Cluster, Labels, PolicyObject } from './types.ts';

/** An object of which only what is declared is known. */
export interface DeclaredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Namespaces (Kubernetes' own among them), nodes with their addresses, pools, policies, the metrics Service; no workload. */
export function declaredObjects(cluster: Cluster): (DeclaredObject | KubernetesObject | PolicyObject)[] {
  const policies = policyObjects(cluster);
  const names = ['default', 'kube-system', ...cluster.policies.namespaces];
  return [
    ...[...new Set(names)].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...cluster.nodes.map(nodeObject),
    ...poolsOf(cluster).map(({ name, cidr }) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name },
      spec: { cidr },
    })),
    ...policies,
    ...metricsObjects(cluster).filter(({ kind }) => kind === 'Service'),
  ];
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

/** The pod ranges as a whole, of which a pool may be a part. */
function poolsOf({ network }: Cluster): { name: string; cidr: string }[] {
  const { pool, pods, furtherPools, ipv6 } = network;
  return [
    { name: pool.name, cidr: pods },
    ...furtherPools.map(({ name, cidr }) => ({ name, cidr })),
    ...(ipv6 === undefined ? [] : [{ name: `${pool.name}-ipv6`, cidr: ipv6.pods }]),
  ];
}
