import data from '../../cluster/releases.json' with { type: 'json' };
import { constants, fieldOf } from '../fields.ts';

/** The field of the stack file that a variable comes from; of one host where `node` names it. */
export function pathOf(name: string, node?: string): string {
  // Those of the configuration `calispray:secretVariables`, which is no part of the cluster's.
  if (name.startsWith('secretVariables.')) return name;
  if (Object.hasOwn(constants, name) || !Object.hasOwn(fieldOf, name)) return `kubespray.extraVariables.${name}`;
  const field = fieldOf[name] as string;
  return node === undefined ? field : field.replace('NAME', () => node);
}

/** What variables of other roles are where nobody says them; those of Calico's are with the releases. */
const OTHERS: Readonly<Record<string, unknown>> = {
  kubelet_max_pods: 110,
  kube_proxy_mode: 'ipvs',
  kube_proxy_remove: false,
  enable_network_policy: true,
  kube_network_node_prefix: 24,
  kube_network_node_prefix_ipv6: 120,
  calico_endpoint_to_host_action: 'RETURN',
  calico_node_livenessprobe_timeout: 10,
  calico_node_readinessprobe_timeout: 10,
  calico_use_default_route_src_ipaddr: false,
  peer_with_router: false,
};

/** What a variable is where nobody says it, in the newest release; undefined of what has no default. */
export function usual(name: string): unknown {
  if (Object.hasOwn(OTHERS, name)) return OTHERS[name];
  const defaults: Readonly<Record<string, unknown>> = data.calicoDefaults;
  const value = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
  return typeof value === 'string' && value.includes('{{') ? undefined : value;
}

const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);
const number = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);

/** Variables that kubespray is told otherwise than the stack file says them. */
const WORDS: Readonly<Record<string, (value: unknown) => unknown>> = {
  calico_bpf_enabled: (on) => (on === true ? 'ebpf' : 'iptables'),
  calico_nftable_mode: (mode) => (mode === 'Enabled' ? 'nftables' : 'iptables'),
  calico_bpf_service_mode: lower,
  calico_bpf_log_level: lower,
  calico_iptables_backend: lower,
  calico_felix_log_severity_screen: lower,
  calico_felix_chaininsertmode: lower,
  calico_endpoint_to_host_action: lower,
  calico_felix_floating_ips: (mode) => mode === 'Enabled',
  calico_cni_log_file_path: (path) => (path === false ? 'none' : path),
  calico_network_backend: (backend) => `backend ${String(backend)}`,
  kube_proxy_remove: (removed) => (removed === true ? 'none' : 'there'),
  peer_with_router: (on) => (on === true ? 'with routers, without a mesh' : 'without routers'),
  global_as_num: number,
  local_as: number,
};

/** A variable's value in the words of the stack file. */
export function inWords(name: string, value: unknown): unknown {
  const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  return value === undefined || word === undefined ? value : word(value);
}
