/** The policies of a stack: what its sections make, its own, and those of its manifests, each with where it comes from. */
import type { KubernetesObject } from '../monitoring/objects.ts';
import type { Cluster, PolicyObject, PrometheusScraping } from '../types.ts';
import { clusterDns } from './dns.ts';
import { CALICO } from './kinds.ts';
import { scrapingName } from './object-consistency.ts';
import { allowClusterInternal, allowDns, allowPrometheus, defaultDeny, isolate } from './objects.ts';
import { nameOf, stagedOf } from './staged.ts';

export interface DeclaredPolicy {
  readonly object: PolicyObject;
  /** `policies.allowDns[0]`, `manifests/production.yaml#2`. */
  readonly origin: string;
}

/** Every one in the order of the stack file, as it goes to the API: those of `staged` as their staged counterparts. */
export function declaredPolicies(cluster: Cluster): DeclaredPolicy[] {
  const { policies } = cluster;
  const dns = clusterDns(cluster);
  const each = <T>(field: string, items: readonly T[], make: (item: T, i: number) => PolicyObject): DeclaredPolicy[] =>
    items.map((item, i) => ({ object: make(item, i), origin: `policies.${field}[${i}]` }));
  const { allowClusterInternal: internal, staged } = policies;
  const all = [
    ...each('defaultDenyIngress', policies.defaultDenyIngress, (namespace) => defaultDeny(namespace)),
    ...each('allowPrometheusScraping', policies.allowPrometheusScraping, (one, i) => scraping(cluster, one, i)),
    ...each('allowDns', policies.allowDns, (namespace) => allowDns(namespace, dns)),
    ...(internal === undefined
      ? []
      : [{ object: allowClusterInternal(internal), origin: 'policies.allowClusterInternal' }]),
    ...each('isolate', policies.isolate, (namespace) => isolate(namespace, dns)),
    ...each('extra', policies.extra, (object) => object),
    ...policies.manifests,
  ];
  return all.map(({ object, origin }) => ({
    object: staged === 'all' || staged.includes(nameOf(object)) ? stagedOf(object) : object,
    origin,
  }));
}

/** The namespaces to create. */
export function namespaceObjects({ policies }: Cluster): KubernetesObject[] {
  return policies.namespaces.map((name) => {
    const labels = policies.namespaceLabels[name];
    return {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, ...(labels === undefined ? {} : { labels }) },
      spec: {},
    };
  });
}

/** The objects alone. `types` of those that the sections make is always explicit, Calico infers it differently per API. */
export function policyObjects(cluster: Cluster): PolicyObject[] {
  return declaredPolicies(cluster).map(({ object }) => object);
}

function scraping(cluster: Cluster, { namespace, pods, from, port }: PrometheusScraping, index: number): PolicyObject {
  return allowPrometheus({
    namespace,
    pods,
    port,
    from: from.hostNetwork ? { nets: nodesAsSources(cluster) } : { namespace: from.namespace, pods: from.pods },
    name: scrapingName(index),
  });
}

/**
 * What packets of nodes themselves come from: addresses of nodes, and with an encapsulation addresses of their tunnels, which lie
 * somewhere in the ranges of pods (Calico v3.32.1 node/pkg/allocateip/allocateip.go). With one, every pod of the cluster is therefore let
 * in as well: no rule about addresses tells a tunnel from a pod.
 */
export function nodesAsSources({ network }: Cluster): string[] {
  const { encapsulation, furtherPools, ipv6, wireguard } = network;
  const tunnels = [encapsulation, ...furtherPools.map((pool) => pool.encapsulation)].some(
    ({ kind }) => kind !== 'none',
  );
  return [
    network.nodes,
    ...(tunnels || wireguard ? [network.pods] : []),
    ...(ipv6 === undefined ? [] : [ipv6.nodes]),
    ...(ipv6 !== undefined && (ipv6.encapsulation.kind !== 'none' || wireguard) ? [ipv6.pods] : []),
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
  return policyObjects(cluster).some((object) => object.apiVersion === CALICO);
}
