/** Whom pods ask for names, by what kubespray makes of the cluster. */
import { addressNumber, isAddress, isAddress6, networkAddress } from '../cidr.ts';
import type { Cluster, Labels } from '../types.ts';

export interface ClusterDns {
  /** Labels of pods in kube-system, one map for each set of them. */
  readonly pods: readonly Labels[];
  /** Addresses that no selector of pods matches: the cache of the node, or a server of one's own. */
  readonly addresses: readonly string[];
}

/** A CoreDNS of kubespray's: name of Service and pods, label, and which address of the range of Services it has. */
export interface CoreDns {
  readonly name: string;
  readonly labels: Labels;
  readonly clusterIp: string;
}

/**
 * CoreDNS over its pods, as Calico sees a connection after the address of a Service was translated; and the node-local cache at
 * its address, where kubespray runs it: that is on the host network and a link-local address, so no pod selector ever matches it
 * (kubespray v2.31.0 roles/kubernetes-apps/ansible/templates/nodelocaldns-daemonset.yml.j2). The cache has one address, of IPv4,
 * in a cluster of two stacks as well. CoreDNS stays allowed beside it: pods that began before the cache did ask it.
 */
export function clusterDns(cluster: Cluster): ClusterDns {
  const { nodeLocalCache, address } = cluster.network.dns;
  const { manual_dns_server: manual } = cluster.kubespray.extraVariables;
  const own = dnsMode(cluster) === 'manual' && typeof manual === 'string' && (isAddress(manual) || isAddress6(manual));
  return {
    pods: coreDnsOf(cluster).map(({ labels }) => labels),
    addresses: [...(nodeLocalCache ? [address] : []), ...(own ? [manual] : [])],
  };
}

/**
 * One, two with `dns_mode: coredns_dual`, none with `manual` and `none` (roles/kubernetes-apps/ansible/tasks/main.yml). The address is
 * the third of the first range of Services, the fourth for the second one (roles/kubespray_defaults/defaults/main/main.yml:152).
 */
export function coreDnsOf(cluster: Cluster): CoreDns[] {
  const mode = dnsMode(cluster);
  const suffixes = mode === 'coredns_dual' ? ['', '-secondary'] : mode === 'coredns' ? [''] : [];
  return suffixes.map((suffix, i) => ({
    name: `coredns${suffix}`,
    labels: { 'k8s-app': `kube-dns${suffix}` },
    clusterIp: serviceAddress(cluster.network.services, 3 + i),
  }));
}

/** kubespray's, which has no field here: `kubespray.extraVariables.dns_mode`. */
function dnsMode({ kubespray }: Cluster): unknown {
  return kubespray.extraVariables.dns_mode ?? 'coredns';
}

/** The `n`th address of a range of Services: kubernetes.default has the first one of the first range. */
export function serviceAddress(cidr: string, n: number): string {
  const number = (addressNumber(networkAddress(cidr)) as number) + n;
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}
