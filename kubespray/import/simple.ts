import { fieldOf } from '../fields.ts';
import type { Draft } from './draft.ts';
import { isDeepEqual } from './equal.ts';
import type { Reading } from './reading.ts';

type Kind = 'bool' | 'int' | 'text' | 'map' | Readonly<Record<string, unknown>>;

const LEVELS = { Debug: 'debug', Info: 'info', Warning: 'warning', Error: 'error', Fatal: 'fatal' };
const levels = (...words: string[]) => Object.fromEntries(words.map((word) => [word, word]));

/**
 * The variables that are one field each: how to read it, and kubespray's default, which need not be written. kubespray
 * v2.31.0 roles/network_plugin/calico_defaults/defaults/main.yml, roles/kubernetes-apps/policy_controller/calico/defaults.
 */
const FIELDS: readonly [variable: string, kind: Kind, fallback: unknown][] = [
  ['kubelet_max_pods', 'int', 110],
  ['enable_network_policy', 'bool', true],
  ['calico_usage_reporting', 'bool', false],
  ['calico_wireguard_enabled', 'bool', false],
  ['calico_pool_name', 'text', 'default-pool'],
  ['calico_pool_blocksize', 'int', 26],
  ['nat_outgoing', 'bool', true],
  ['global_as_num', 'int', 64512],
  ['calico_bgp_listen_port', 'int', 179],
  ['calico_advertise_cluster_ips', 'bool', false],
  ['calico_felix_prometheusmetricsport', 'int', 9091],
  ['calico_felix_prometheusgometricsenabled', 'bool', true],
  ['calico_felix_prometheusprocessmetricsenabled', 'bool', true],
  ['calico_felix_log_severity_screen', LEVELS, 'info'],
  ['calico_felix_reporting_interval', 'text', '0s'],
  ['calico_felix_chaininsertmode', { Insert: 'insert', Append: 'append' }, 'insert'],
  ['calico_endpoint_to_host_action', { RETURN: 'return', ACCEPT: 'accept', DROP: 'drop' }, 'return'],
  ['calico_felix_floating_ips', { Disabled: false, Enabled: true }, false],
  ['calico_node_ignorelooserpf', 'bool', false],
  ['calico_felix_mtu_iface_pattern', 'text', undefined],
  ['calico_healthhost', 'text', 'localhost'],
  ['calico_use_default_route_src_ipaddr', 'bool', false],
  ['calico_node_cpu_requests', 'text', '150m'],
  ['calico_node_cpu_limit', 'text', '0'],
  ['calico_node_memory_requests', 'text', '64M'],
  ['calico_node_memory_limit', 'text', '500M'],
  ['calico_ds_nodeselector', 'text', 'kubernetes.io/os: linux'],
  ['calico_loglevel', levels('debug', 'info', 'warning', 'error', 'fatal'), 'info'],
  ['calico_node_startup_loglevel', levels('debug', 'info', 'warning', 'error', 'fatal'), 'error'],
  ['calico_node_livenessprobe_timeout', 'int', 10],
  ['calico_node_readinessprobe_timeout', 'int', 10],
  ['calico_kubeconfig_wait_timeout', 'int', 300],
  ['calico_cni_name', 'text', 'k8s-pod-network'],
  ['calico_allow_ip_forwarding', 'bool', false],
  ['calico_feature_control', 'map', {}],
  ['calico_policy_controller_cpu_requests', 'text', '30m'],
  ['calico_policy_controller_cpu_limit', 'text', '1000m'],
  ['calico_policy_controller_memory_requests', 'text', '64M'],
  ['calico_policy_controller_memory_limit', 'text', '256M'],
  ['calico_policy_controller_deployment_nodeselector', 'text', 'kubernetes.io/os: linux'],
  ['calico_policy_controller_log_level', levels('debug', 'info', 'warning', 'error', 'fatal'), 'info'],
  ...['node', 'cni', 'policy', 'typha', 'apiserver'].flatMap((part): [string, Kind, unknown][] => [
    [`calico_${part}_image_repo`, 'text', undefined],
    [`calico_${part}_image_tag`, 'text', undefined],
  ]),
];

/** Puts each of them into its field. */
export function readSimple(reading: Reading, draft: Draft): void {
  for (const [variable, kind, fallback] of FIELDS) {
    const value = typeof kind === 'string' ? reading[kind](variable) : reading.oneOf(variable, kind);
    if (value === undefined || isDeepEqual(value, fallback)) continue;
    draft.set(fieldOf[variable] as string, value);
  }
}
