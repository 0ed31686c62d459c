/** How series move, by name: what no line is about stays as it was taken. */
import { nodes } from '../../../lab/topology.ts';

/** The node on which most of the trouble is, and the address of it that others know. */
export const SICK = 'storagenodet3500';
const sick = nodes.find(({ name }) => name === SICK)?.address ?? '';
const bird = sick.replaceAll('.', '_');

interface When {
  readonly series: string;
  readonly value: number;
  readonly node: string;
  readonly minutes: number;
  /** Minutes since trouble began, 0 before; it stays where it was when silence comes. */
  readonly trouble: number;
}

type Motion = (when: When) => number | undefined;

const still: Motion = ({ value }) => value;
const grows =
  (perMinute: number): Motion =>
  ({ value, minutes }) =>
    digits(value + perMinute * minutes);
/** A counter that begins to count with the trouble. */
const fails =
  (perMinute: number): Motion =>
  ({ value, trouble }) =>
    Math.floor(value + perMinute * trouble);
/** Up and down by a part of itself, each node and each series in its own time. */
const waves =
  (part: number): Motion =>
  ({ series, value, node, minutes }) => {
    const moved =
      value *
      (1 + part * Math.sin((minutes + 7 * nodes.findIndex(({ name }) => name === node) + 3 * series.length) / 6));
    return Number.isInteger(value) ? Math.round(moved) : digits(moved);
  };
/** A gauge that goes evenly from what it was to `to` in fifty minutes of trouble. */
const climbs =
  (to: number): Motion =>
  ({ value, trouble }) =>
    Math.round(value + ((to - value) * Math.min(trouble, 50)) / 50);
/** Something else while there is trouble. */
const then =
  (before: Motion, trouble: Motion): Motion =>
  (when) =>
    when.trouble > 0 ? trouble(when) : before(when);
const is =
  (value: number): Motion =>
  () =>
    value;
/** The trouble is on the one node alone. */
const onSick =
  (before: Motion, trouble: Motion): Motion =>
  (when) =>
    when.node === SICK ? then(before, trouble)(when) : before(when);
const times =
  (factor: number, motion: Motion): Motion =>
  (when) => {
    const value = motion(when);
    return value === undefined ? value : digits(factor * value);
  };
/** A time of the clock, which was two minutes ago at most: a handshake. */
const recent: Motion = ({ value, minutes }) => value + 120 * Math.floor(minutes / 2);

const motions: readonly (readonly [RegExp, Motion])[] = [
  [/^felix_active_local_endpoints$/, onSick(waves(0.2), is(0))],
  [/^felix_active_local_policies$/, onSick(waves(0.1), is(0))],
  [/^felix_cluster_num_workload_endpoints$/, onSick(still, is(22))],
  [/^felix_cluster_num_policies$/, onSick(still, is(0))],
  [/^felix_resync_state$/, onSick(still, ({ trouble }) => (trouble <= 15 ? 1 : 2))],
  [/^felix_resyncs_started$/, onSick(still, fails(0.15))],
  [/^felix_int_dataplane_failures$/, onSick(still, fails(3))],
  [/^felix_iptables_restore_errors$/, onSick(still, fails(1))],
  [/^felix_(iptables_save|ipset)_errors$/, onSick(still, fails(0.5))],
  [/^felix_nft_(set_|list_)?errors$/, onSick(still, fails(1))],
  [/^felix_bpf_dirty_dataplane_endpoints$/, onSick(still, is(2))],
  [/^felix_logs_dropped$/, onSick(still, fails(4))],
  [/^felix_int_dataplane_apply_time_seconds\{/, onSick(waves(0.15), times(12, waves(0.3)))],
  [
    /^felix_int_dataplane_apply_time_seconds_count$/,
    onSick(grows(9), ({ value, trouble }) => value + 9 * 60 + 3 * trouble),
  ],
  [/^felix_int_dataplane_apply_time_seconds_sum$/, grows(0.08)],
  [/^felix_route_table_(partial_)?resync_seconds\{/, waves(0.2)],
  [/^felix_route_table_num_(routes|ifaces)\{table="IPv4:254"\}$/, onSick(waves(0.2), is(0))],
  [/^felix_iptables_rules\{/, waves(0.1)],
  [
    /^felix_(calc_graph_updates_processed|int_dataplane_messages|iptables_lines_executed)\{/,
    ({ value, minutes }) => Math.floor(value * (1 + minutes / 1440)),
  ],
  [/^felix_(iptables_(restore|save)|ipset)_calls$/, grows(2)],
  [/^process_cpu_seconds_total$/, grows(1.2)],
  [/^process_resident_memory_bytes$/, waves(0.05)],
  [/^wireguard_bytes_sent\{/, grows(61_000)],
  // A node of which nothing comes back.
  [/^wireguard_bytes_rcvd\{/, onSick(grows(58_000), ({ value }) => value + 58_000 * 60)],
  [
    /^wireguard_latest_handshake_seconds\{.*peer_endpoint="192\.168\.4\.63/,
    onSick(recent, ({ value }) => value + 3600),
  ],
  [/^wireguard_latest_handshake_seconds\{/, onSick(recent, () => undefined)],
  [/^ipam_allocations_in_use\{.*node="homelab"/, climbs(85)],
  [/^ipam_allocations_in_use\{/, climbs(82)],
  [/^ipam_allocations_per_node\{/, climbs(83)],
  [/^ipam_blocks(_per_node)?\{.*node="homelab"/, climbs(6)],
  [/^ipam_blocks(_per_node)?\{/, climbs(5)],
  [/^ipam_allocations_borrowed(_per_node)?\{.*node="masternode"/, climbs(4)],
  [/^ipam_allocations_gc_candidates\{.*node="storagenodet3500"/, then(still, is(3))],
  [/^ipam_allocations_gc_reclamations\{/, ({ value, minutes }) => value + Math.floor(minutes / 40)],
  [/^typha_connections_streaming\{syncer="felix"\}$/, then(still, is(2))],
  [/^typha_connections_grace_used\{syncer="felix"\}$/, fails(0.2)],
  [/^typha_client_latency_secs\{/, then(waves(0.2), times(20, waves(0.4)))],
  [/^typha_(updates_total|client_latency_secs_count)/, grows(4)],
  // masternode has no session with the sick node any more; homelab's comes and goes.
  [
    new RegExp(`^bird_protocol_\\w+\\{.*name="Mesh_${bird}"`),
    (when) => (when.trouble === 0 ? when.value : when.node === 'homelab' ? Math.floor(when.minutes / 2) % 2 : 0),
  ],
  [/^kube_pod_status_ready\{.*pod="calico-node-x7k2p".*condition="false"/, then(still, is(1))],
  [/^kube_pod_status_ready\{.*pod="calico-node-x7k2p".*condition="true"/, then(still, is(0))],
];

export function motionOf({ series }: { readonly series: string }): Motion {
  return motions.find(([pattern]) => pattern.test(series))?.[1] ?? still;
}

/** Enough of them to draw, and the same on every machine. */
function digits(value: number): number {
  return Number(value.toPrecision(9));
}
