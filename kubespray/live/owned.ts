/**
 * The fields of Calico's objects that kubespray writes on every run of its network part, from its flat variables: kubespray
 * v2.31.0 roles/network_plugin/calico/tasks/install.yml:147-364, defaults of roles/network_plugin/calico_defaults. What else
 * is in these objects it leaves as it is (it merges).
 */
import type { Spec } from './types.ts';

export type Kind = 'IPPool' | 'FelixConfiguration' | 'BGPConfiguration' | 'IPAMConfig';

/** One field that kubespray writes, and the variable that decides it; absent where none does. */
export interface Owned {
  readonly kind: Kind;
  /** Name of the object. */
  readonly name: string;
  readonly field: string;
  readonly value: unknown;
  readonly variable?: string;
}

/** kubespray's variables by name: what a stack says, or what was carried out. Absent ones have kubespray's default. */
export type Variables = Readonly<Record<string, unknown>>;

type Field = readonly [field: string, value: unknown, variable: string | undefined];

export function ownedBy(variables: Variables): Owned[] {
  const of = (kind: Kind, name: string, fields: readonly Field[]): Owned[] =>
    fields.map(([field, value, variable]) => ({
      kind,
      name,
      field,
      value,
      ...(variable === undefined ? {} : { variable }),
    }));
  const pool = poolName(variables);
  return [
    ...of('IPPool', pool, pool4(variables)),
    ...(isOn(variables.ipv6_stack) ? of('IPPool', `${pool}-ipv6`, pool6(variables)) : []),
    ...of('FelixConfiguration', 'default', felix(variables)),
    ...of('BGPConfiguration', 'default', bgp(variables)),
    ...(isOn(variables.calico_ipam_host_local) ? [] : of('IPAMConfig', 'default', ipam(variables))),
  ];
}

export function poolName(variables: Variables): string {
  return String(variables.calico_pool_name ?? 'default-pool');
}

function pool4(v: Variables): Field[] {
  return [
    ['cidr', v.calico_pool_cidr ?? v.kube_pods_subnet, 'calico_pool_cidr'],
    ['blockSize', v.calico_pool_blocksize ?? 26, 'calico_pool_blocksize'],
    ['ipipMode', v.calico_ipip_mode ?? 'Never', 'calico_ipip_mode'],
    ['vxlanMode', v.calico_vxlan_mode ?? 'Always', 'calico_vxlan_mode'],
    ['natOutgoing', isOn(v.nat_outgoing ?? true), 'nat_outgoing'],
  ];
}

function pool6(v: Variables): Field[] {
  return [
    ['cidr', v.calico_pool_cidr_ipv6 ?? v.kube_pods_subnet_ipv6, 'calico_pool_cidr_ipv6'],
    ['blockSize', v.calico_pool_blocksize_ipv6 ?? 122, 'calico_pool_blocksize_ipv6'],
    ['ipipMode', v.calico_ipip_mode_ipv6 ?? 'Never', 'calico_ipip_mode_ipv6'],
    ['vxlanMode', v.calico_vxlan_mode_ipv6 ?? 'Always', 'calico_vxlan_mode_ipv6'],
    ['natOutgoing', isOn(v.nat_outgoing_ipv6), 'nat_outgoing_ipv6'],
  ];
}

function felix(v: Variables): Field[] {
  return [
    ['ipipEnabled', (v.calico_ipip_mode ?? 'Never') !== 'Never', 'calico_ipip_mode'],
    ['vxlanEnabled', (v.calico_vxlan_mode ?? 'Always') !== 'Never', 'calico_vxlan_mode'],
    ['wireguardEnabled', isOn(v.calico_wireguard_enabled), 'calico_wireguard_enabled'],
    ['bpfEnabled', isOn(v.calico_bpf_enabled), 'calico_bpf_enabled'],
    ['bpfExternalServiceMode', v.calico_bpf_service_mode ?? 'Tunnel', 'calico_bpf_service_mode'],
    ['bpfLogLevel', v.calico_bpf_log_level ?? '', 'calico_bpf_log_level'],
    ['logSeverityScreen', v.calico_felix_log_severity_screen ?? 'Info', 'calico_felix_log_severity_screen'],
    ['reportingInterval', v.calico_felix_reporting_interval ?? '0s', 'calico_felix_reporting_interval'],
    ['featureDetectOverride', v.calico_feature_detect_override ?? '', 'calico_feature_detect_override'],
    ['floatingIPs', v.calico_felix_floating_ips ?? 'Disabled', 'calico_felix_floating_ips'],
  ];
}

function bgp(v: Variables): Field[] {
  const cidrs = (list: unknown) => (Array.isArray(list) ? list.map((cidr) => ({ cidr })) : []);
  const mesh = !isOn(v.peer_with_router) && !isOn(v.peer_with_calico_rr);
  const balancers = cidrs(v.calico_advertise_service_loadbalancer_ips);
  return [
    ['listenPort', v.calico_bgp_listen_port ?? 179, 'calico_bgp_listen_port'],
    ['logSeverityScreen', 'Info', undefined],
    ...(isOn(v.calico_no_global_as_num)
      ? []
      : [['asNumber', numeric(v.global_as_num ?? 64512), 'global_as_num'] as const]),
    ['nodeToNodeMeshEnabled', mesh, 'peer_with_router'],
    ...(isOn(v.calico_advertise_cluster_ips)
      ? [['serviceClusterIPs', clusterIps(v), 'calico_advertise_cluster_ips'] as const]
      : []),
    ...(balancers.length > 0
      ? [['serviceLoadBalancerIPs', balancers, 'calico_advertise_service_loadbalancer_ips'] as const]
      : []),
    ['serviceExternalIPs', cidrs(v.calico_advertise_service_external_ips), 'calico_advertise_service_external_ips'],
  ];
}

/** A number that the variable has as a text, as a template writes it: without quotes. */
function numeric(value: unknown): unknown {
  return /^\d+$/.test(String(value)) ? Number(value) : value;
}

/** Of two stacks kubespray tells the second alone: its JSON has the key `cidr` twice (install.yml:331). */
function clusterIps(v: Variables): unknown {
  return [{ cidr: isOn(v.ipv6_stack) ? v.kube_service_addresses_ipv6 : v.kube_service_addresses }];
}

/** roles/network_plugin/calico/templates/calico-ipamconfig.yml.j2 */
function ipam(v: Variables): Field[] {
  return [
    ['strictAffinity', isOn(v.calico_ipam_strictaffinity), 'calico_ipam_strictaffinity'],
    ['autoAllocateBlocks', isOn(v.calico_ipam_autoallocateblocks ?? true), 'calico_ipam_autoallocateblocks'],
    ['maxBlocksPerHost', v.calico_ipam_maxblocksperhost ?? 0, 'calico_ipam_maxblocksperhost'],
  ];
}

/** What Calico itself writes into objects that say nothing of it (v3.31.5 libcalico-go/config/crd): nobody's hand. */
const filledIn: Readonly<Partial<Record<Kind, Readonly<Record<string, readonly unknown[]>>>>> = {
  FelixConfiguration: {
    nftablesMode: ['Auto', 'Disabled'],
    nftablesFlowTableOffload: ['Disabled'],
    bpfConnectTimeLoadBalancing: ['TCP'],
    healthPort: [9099],
  },
  BGPConfiguration: { serviceLoadBalancerAggregation: ['Enabled'] },
  IPPool: {
    nodeSelector: ['all()'],
    allowedUses: [['Workload', 'Tunnel']],
    assignmentMode: ['Automatic'],
    disableBGPExport: [false],
    disabled: [false],
  },
};

/** Fields of a live object that neither kubespray nor Calico itself wrote: set by hand, and left as they are. */
export function setByHand(kind: Kind, spec: Spec, owned: ReadonlySet<string>): [field: string, value: unknown][] {
  return Object.entries(spec).filter(
    ([field, value]) =>
      !owned.has(field) &&
      !isEmpty(value) &&
      !usualOf(kind, field).some((usual) => JSON.stringify(usual) === JSON.stringify(value)),
  );
}

function usualOf(kind: Kind, field: string): readonly unknown[] {
  const fields = filledIn[kind] ?? {};
  return Object.hasOwn(fields, field) ? (fields[field] ?? []) : [];
}

/** Equal as Calico keeps it: numbers may be texts, and what is empty or false may be left out. */
export function same(live: unknown, value: unknown): boolean {
  if (isEmpty(live) && isEmpty(value)) return true;
  if (typeof live === 'object' || typeof value === 'object') return JSON.stringify(live) === JSON.stringify(value);
  return inSeconds(live) === inSeconds(value);
}

/** Go writes the duration `60s` as `1m0s`; other texts are left as they are. */
function inSeconds(value: unknown): string {
  const found = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(String(value));
  if (found === null || found[0] === '') return String(value);
  const [, hours = 0, minutes = 0, seconds = 0] = found;
  return `${Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)} s`;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    value === 0 ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** What Ansible's `bool` takes for true. */
function isOn(value: unknown): boolean {
  return value === true || /^(true|yes|on|1)$/i.test(String(value));
}
