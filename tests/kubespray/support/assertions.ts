/**
 * What kubespray v2.31.0 asserts of an inventory that can be known from it alone, written down from its tasks and from
 * nothing else: roles/validate_inventory/tasks/main.yml (V), roles/network_plugin/calico/tasks/check.yml (C) and
 * install.yml (I), roles/kubernetes/preinstall/tasks/0040-verify-settings.yml (P). The rules of policies/ are not used.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { release } from '../../../cluster/index.ts';
import type { AnsibleHost } from './ansible.ts';

/** What an assertion sees of one host. */
export interface Seen {
  readonly host: AnsibleHost;
  readonly hosts: readonly AnsibleHost[];
  /** The host's variables over kubespray's defaults. */
  readonly v: Readonly<Record<string, unknown>>;
  /** Tag of the release. */
  readonly tag: string;
}

export interface Assertion {
  readonly id: string;
  readonly says: string;
  /** Whether it holds; an assertion whose `when` does not, does. */
  readonly holds: (seen: Seen) => boolean;
}

/** roles/kubespray_defaults/defaults/main/*.yml, roles/network_plugin/calico_defaults/defaults/main.yml */
const defaults = (tag: string): Record<string, unknown> => ({
  kube_version: release(tag)?.kubernetes,
  calico_version: release(tag)?.calico,
  kube_network_plugin: 'calico',
  kube_service_addresses: '10.233.0.0/18',
  kube_pods_subnet: '10.233.64.0/18',
  kube_service_addresses_ipv6: 'fd85:ee78:d8a6:8607::1000/116',
  kube_pods_subnet_ipv6: 'fd85:ee78:d8a6:8607::1:0000/112',
  ipv4_stack: true,
  ipv6_stack: false,
  dns_mode: 'coredns',
  kube_proxy_mode: 'ipvs',
  cert_management: 'script',
  resolvconf_mode: 'host_resolvconf',
  etcd_deployment_type: 'host',
  container_manager: 'containerd',
  cloud_provider: '',
  external_cloud_provider: '',
  containerd_version: '2.2.3',
  calico_datastore: 'kdd',
  calico_network_backend: 'vxlan',
  calico_ipip_mode: 'Never',
  calico_vxlan_mode: 'Always',
  calico_ipip_mode_ipv6: 'Never',
  calico_pool_name: 'default-pool',
  calico_apiserver_enabled: false,
  typha_enabled: false,
});

export function seen(host: AnsibleHost, hosts: readonly AnsibleHost[], tag: string): Seen {
  return { host, hosts, tag, v: { ...defaults(tag), ...host.variables } };
}

const inGroup = (hosts: readonly AnsibleHost[], group: string) => hosts.filter((host) => host.groups.includes(group));
const oneOf = (value: unknown, ...choices: unknown[]) => choices.includes(value);
const modes = ['Always', 'CrossSubnet', 'Never'];

export const assertions: readonly Assertion[] = [
  {
    id: 'V1',
    says: 'no removed variable',
    holds: ({ v }) =>
      !Object.keys(v).some((name) => /^kubelet_static_pod_path|eviction_hard_control_plane$/.test(name)),
  },
  { id: 'V2', says: 'there is a control plane', holds: ({ hosts }) => inGroup(hosts, 'kube_control_plane').length > 0 },
  {
    id: 'V3',
    says: 'there is etcd',
    holds: ({ hosts, v }) => inGroup(hosts, 'etcd').length > 0 || v.etcd_deployment_type === 'kubeadm',
  },
  {
    id: 'V5',
    says: 'Kubernetes is not too old',
    holds: ({ v, tag }) => atLeast(v.kube_version, release(tag)?.kubernetesVersions.at(-1)),
  },
  {
    id: 'V6',
    says: 'booleans are booleans',
    holds: ({ v }) =>
      ['download_run_once', 'download_always_pull', 'helm_enabled', 'openstack_lbaas_enabled'].every((name) =>
        oneOf(typeof v[name], 'boolean', 'undefined'),
      ),
  },
  { id: 'V7', says: 'etcd is odd', holds: ({ hosts }) => inGroup(hosts, 'etcd').length % 2 === 1 },
  {
    id: 'V8',
    says: 'pods a node fit (not for Calico)',
    holds: ({ v }) => oneOf(v.kube_network_plugin, 'calico', 'none'),
  },
  { id: 'V9', says: 'cloud provider', holds: ({ v }) => oneOf(v.cloud_provider, '', 'external') },
  {
    id: 'V10',
    says: 'external cloud provider',
    holds: ({ v }) =>
      v.cloud_provider !== 'external' ||
      oneOf(v.external_cloud_provider, 'hcloud', 'huaweicloud', 'oci', 'openstack', 'vsphere', 'manual'),
  },
  { id: 'V11', says: 'services are a range', holds: ({ v }) => isNetwork(v.kube_service_addresses, 4) },
  { id: 'V12', says: 'pods are a range', holds: ({ v }) => isNetwork(v.kube_pods_subnet, 4) },
  {
    id: 'V13',
    says: 'pods not inside services',
    holds: ({ v }) => !inside(v.kube_pods_subnet, v.kube_service_addresses),
  },
  { id: 'V14', says: 'ranges for the nodes (not for Calico)', holds: ({ v }) => v.kube_network_plugin === 'calico' },
  {
    id: 'V15',
    says: 'IPv6 services are a range',
    holds: ({ v }) => v.ipv6_stack === false || isNetwork(v.kube_service_addresses_ipv6, 6),
  },
  {
    id: 'V16',
    says: 'IPv6 pods are a range',
    holds: ({ v }) => v.ipv6_stack === false || isNetwork(v.kube_pods_subnet_ipv6, 6),
  },
  {
    id: 'V17',
    says: 'IPv6 pods not inside services',
    holds: ({ v }) => v.ipv6_stack === false || !inside(v.kube_pods_subnet_ipv6, v.kube_service_addresses_ipv6),
  },
  {
    id: 'V18',
    says: 'IPv6 ranges for the nodes (not for Calico)',
    holds: ({ v }) => v.kube_network_plugin === 'calico',
  },
  { id: 'V19', says: 'choices', holds: ({ v }) => choices(v) },
  {
    id: 'V21',
    says: 'download_localhost needs download_run_once',
    holds: ({ v }) => !v.download_localhost || v.download_run_once === true,
  },
  {
    id: 'V22',
    says: 'kata not on docker',
    holds: ({ v }) => !v.kata_containers_enabled || v.container_manager !== 'docker',
  },
  {
    id: 'V23',
    says: 'gvisor on containerd',
    holds: ({ v }) => !v.gvisor_enabled || v.container_manager === 'containerd',
  },
  {
    id: 'V24',
    says: 'containerd is not too old',
    holds: ({ v }) =>
      v.container_manager !== 'containerd' ||
      oneOf(v.containerd_version, 'latest', 'edge', 'stable') ||
      atLeast(v.containerd_version, '1.3.7'),
  },
  {
    id: 'V25',
    says: 'external CA without renewal',
    holds: ({ v }) => !v.kube_external_ca_mode || !v.auto_renew_certificates,
  },
  {
    id: 'V26',
    says: 'Kubernetes is known',
    holds: ({ v, tag }) => release(tag)?.kubernetesVersions.includes(v.kube_version as string) === true,
  },
  { id: 'C1', says: 'no ipip', holds: ({ v }) => !('ipip' in v) },
  { id: 'C2', says: 'no ipip_mode', holds: ({ v }) => !('ipip_mode' in v) },
  { id: 'C3', says: 'no calcio_ipam_autoallocateblocks', holds: ({ v }) => !('calcio_ipam_autoallocateblocks' in v) },
  {
    id: 'C4',
    says: 'Calico is known',
    holds: ({ v, tag }) => release(tag)?.calicoVersions.includes(v.calico_version as string) === true,
  },
  {
    id: 'C6',
    says: 'reflectors have a cluster id',
    holds: ({ hosts, v, host }) =>
      inGroup(hosts, 'calico_rr').length === 0 ||
      !host.groups.includes('k8s_cluster') ||
      (typeof v.cluster_id === 'string' && isIPv4(v.cluster_id)),
  },
  {
    id: 'C7',
    says: 'reflectors are in k8s_cluster',
    holds: ({ host }) => !host.groups.includes('calico_rr') || host.groups.includes('k8s_cluster'),
  },
  {
    id: 'C8',
    says: 'name of the pool',
    holds: ({ v }) => /^[a-zA-Z0-9-_\\.]{2,63}$/.test(v.calico_pool_name as string),
  },
  { id: 'C9', says: 'backend', holds: ({ v }) => oneOf(v.calico_network_backend, 'bird', 'vxlan', 'none') },
  {
    id: 'C10',
    says: 'modes',
    holds: ({ v }) => oneOf(v.calico_ipip_mode, ...modes) && oneOf(v.calico_vxlan_mode, ...modes),
  },
  {
    id: 'C11',
    says: 'IPIP without VXLAN',
    holds: ({ v }) => v.calico_ipip_mode === 'Never' || v.calico_vxlan_mode === 'Never',
  },
  {
    id: 'C12',
    says: 'VXLAN without IPIP',
    holds: ({ v }) => v.calico_vxlan_mode === 'Never' || v.calico_ipip_mode === 'Never',
  },
  {
    id: 'C15',
    says: 'API server on kdd',
    holds: ({ v }) => !v.calico_apiserver_enabled || v.calico_datastore === 'kdd',
  },
  { id: 'C16', says: 'Typha on kdd', holds: ({ v }) => !v.typha_enabled || v.calico_datastore === 'kdd' },
  {
    id: 'C17',
    says: 'no IPIP for IPv6',
    holds: ({ v }) => v.ipv6_stack === false || v.calico_ipip_mode_ipv6 === 'Never',
  },
  {
    id: 'I1',
    says: 'pool inside the pods',
    holds: ({ v }) => !('calico_pool_cidr' in v) || inside(v.calico_pool_cidr, v.kube_pods_subnet),
  },
  {
    id: 'I2',
    says: 'IPv6 pool inside the pods',
    holds: ({ v }) => !('calico_pool_cidr_ipv6' in v) || inside(v.calico_pool_cidr_ipv6, v.kube_pods_subnet_ipv6),
  },
  { id: 'I3', says: 'datastore', holds: ({ v }) => oneOf(v.calico_datastore, 'kdd', 'etcd') },
  {
    id: 'I4',
    says: 'a version that compares',
    holds: ({ v }) => typeof v.calico_version === 'string' && /^\d+\.\d+\.\d+$/.test(v.calico_version),
  },
  {
    id: 'P10',
    says: 'name of the host',
    holds: ({ host }) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(host.name),
  },
];

function choices(v: Readonly<Record<string, unknown>>): boolean {
  return (
    oneOf(
      v.kube_network_plugin,
      'calico',
      'flannel',
      'cloud',
      'cilium',
      'cni',
      'kube-ovn',
      'kube-router',
      'macvlan',
      'custom_cni',
      'none',
    ) &&
    oneOf(v.dns_mode, 'coredns', 'coredns_dual', 'manual', 'none') &&
    oneOf(v.kube_proxy_mode, 'iptables', 'ipvs', 'nftables') &&
    oneOf(v.cert_management, 'script', 'none') &&
    oneOf(v.resolvconf_mode, 'docker_dns', 'host_resolvconf', 'none') &&
    oneOf(v.etcd_deployment_type, 'host', 'docker', 'kubeadm') &&
    (oneOf(v.etcd_deployment_type, 'host', 'kubeadm') || v.container_manager === 'docker') &&
    oneOf(v.container_manager, 'docker', 'crio', 'containerd')
  );
}

function atLeast(version: unknown, least: string | undefined): boolean {
  const [a, b] = [String(version), String(least)].map((text) => text.split('.').map(Number));
  for (const i of [0, 1, 2]) if (a?.[i] !== b?.[i]) return (a?.[i] ?? 0) > (b?.[i] ?? 0);
  return true;
}

function split(cidr: unknown): { address: string; prefix: number; family: 4 | 6 } | undefined {
  const [address = '', bits = ''] = typeof cidr === 'string' ? cidr.split('/') : [];
  const family = isIP(address);
  return (family === 4 || family === 6) && /^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
    ? { address, prefix: Number(bits), family }
    : undefined;
}

/** ansible.utils.ipaddr('net'): a range without bits below its prefix. */
function isNetwork(cidr: unknown, family: 4 | 6): boolean {
  const range = split(cidr);
  if (range?.family !== family) return false;
  const bits = bitsOf(range.address, family);
  return !bits.slice(range.prefix).includes('1');
}

function bitsOf(address: string, family: 4 | 6): string {
  if (family === 4)
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  // URL writes an IPv6 address in its shortest form, without a dotted tail.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const middle = Array(8 - groups(head).length - groups(tail ?? '').length).fill('0');
  return [...groups(head), ...middle, ...groups(tail ?? '')]
    .map((part) => Number.parseInt(part, 16).toString(2).padStart(16, '0'))
    .join('');
}

/** `[inner] | ansible.utils.ipaddr(outer)` is not empty. */
function inside(inner: unknown, outer: unknown): boolean {
  const [small, large] = [split(inner), split(outer)];
  if (small === undefined || large === undefined || small.family !== large.family || small.prefix < large.prefix)
    return false;
  const list = new BlockList();
  const type = large.family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(large.address, large.prefix, type);
  return list.check(small.address, type);
}
