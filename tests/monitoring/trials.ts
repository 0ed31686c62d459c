import type { Series } from '../support/promtool.ts';

/** Of each alert: series that make it fire, with how many of it, and series that must not. Minutes; values a minute apart. */
export interface Trials {
  readonly fires: readonly (readonly [what: string, series: Series, at: number, count?: number])[];
  readonly quiet: readonly (readonly [what: string, series: Series, at: number])[];
}

const JOB = 'job="calico-node-metrics",namespace="kube-system"';
/** A series of Felix on a node. */
const on = (metric: string, node = 'w1') => `${metric}{${JOB},instance="${node}:9091",node="${node}"}`;
const all = (metric: string, values: Readonly<Record<string, string>>): Series =>
  Object.fromEntries(Object.entries(values).map(([node, text]) => [on(metric, node), text]));
const ALWAYS = '+0x120';

const goesOn = (metric: string): Trials => ({
  fires: [['one a minute', all(metric, { w1: '0+1x60', w2: '0+0x60' }), 30]],
  quiet: [
    ['none', { [on(metric)]: `0${ALWAYS}` }, 60],
    ['a burst while Felix starts', { [on(metric)]: '0+3x4 12+0x60' }, 8],
    ['the same, later', { [on(metric)]: '0+3x4 12+0x60' }, 25],
    ['one, once', { [on(metric)]: '0+0x20 1+0x40' }, 30],
    ['a restart, which begins to count anew', { [on(metric)]: '40+0x20 0+0x40' }, 40],
  ],
});

const pool = (metric: string, values: Readonly<Record<string, number>>): Series => ({
  'ipam_ippool_size{ippool="default-pool"}': `65536${ALWAYS}`,
  ...Object.fromEntries(
    Object.entries(values).map(([node, value]) => [
      `${metric}{ippool="default-pool",node="${node}"}`,
      `${value}${ALWAYS}`,
    ]),
  ),
});

const PEER = 'hostname="w1",instance="w1:9091",node="w1",peer_key="a",peer_endpoint="10.0.0.2:51820"';
const wireguard = (handshake: string, sent: string): Series => ({
  [`wireguard_latest_handshake_seconds{${PEER}}`]: handshake,
  [`wireguard_bytes_sent{${PEER}}`]: sent,
});
const peers = (hosts: number, ...keys: string[]): Series => ({
  [on('felix_cluster_num_hosts')]: `${hosts}${ALWAYS}`,
  ...Object.fromEntries(
    keys.map((key) => [
      `wireguard_latest_handshake_seconds{${JOB},instance="w1:9091",node="w1",peer_key="${key}"}`,
      '0+60x60',
    ]),
  ),
});

const TYPHA = 'job="calico-typha-metrics",namespace="kube-system",instance="t1:9093"';
const typha = (...connections: number[]): Series => ({
  [on('felix_cluster_num_hosts')]: `5${ALWAYS}`,
  ...Object.fromEntries(
    connections.map((count, i) => [
      `typha_connections_streaming{instance="t${i}:9093",syncer="felix"}`,
      `${count}${ALWAYS}`,
    ]),
  ),
  'typha_connections_streaming{instance="t0:9093",syncer="bgp"}': `5${ALWAYS}`,
});
const CONTROLLERS = 'job="calico-kube-controllers-metrics",namespace="kube-system",instance="k:9094"';
const session = (values: string, proto = 'BGP'): Series => ({
  [`bird_protocol_up{instance="w1:9324",name="Mesh_10_0_0_2",proto="${proto}",ip_version="4"}`]: values,
});
const ready = (pod: string, values: string): Series => ({
  [`kube_pod_status_ready{namespace="kube-system",pod="${pod}",condition="true"}`]: values,
});

export const trials: Readonly<Record<string, Trials>> = {
  CalicoNodeMetricsDown: {
    fires: [['one of two is gone', all('up', { w1: '1+0x10 0+0x50', w2: `1${ALWAYS}` }), 20]],
    quiet: [
      ['both are there', all('up', { w1: `1${ALWAYS}`, w2: `1${ALWAYS}` }), 60],
      ['a restart of two minutes', all('up', { w1: '1+0x10 0+0x1 1+0x50' }), 14],
      ['another program is down', { 'up{job="other",namespace="kube-system"}': `0${ALWAYS}` }, 60],
    ],
  },
  CalicoNodeMetricsAbsent: {
    fires: [['nothing is scraped', { other: `1${ALWAYS}` }, 30]],
    quiet: [['scraped, and down', { [on('up')]: `0${ALWAYS}` }, 30]],
  },
  FelixNotInSync: {
    fires: [
      ['waits for the datastore', { [on('felix_resync_state')]: `1${ALWAYS}` }, 15],
      ['never done reading', { [on('felix_resync_state')]: `2${ALWAYS}` }, 15],
    ],
    quiet: [
      ['in sync', { [on('felix_resync_state')]: `3${ALWAYS}` }, 60],
      ['starts', { [on('felix_resync_state')]: '0+0x1 1+0x2 2+0x4 3+0x60' }, 9],
    ],
  },
  FelixResyncsOften: {
    fires: [['every five minutes', { [on('felix_resyncs_started')]: '0+0.2x120' }, 100]],
    quiet: [
      ['the first', { [on('felix_resyncs_started')]: `1${ALWAYS}` }, 100],
      ['one more', { [on('felix_resyncs_started')]: '1+0x40 2+0x80' }, 60],
    ],
  },
  FelixEndpointsGone: {
    fires: [['all at once', { [on('felix_active_local_endpoints')]: '5+0x10 0+0x60' }, 25]],
    quiet: [
      ['a node that had none', { [on('felix_active_local_endpoints')]: `0${ALWAYS}` }, 60],
      ['a restart', { [on('felix_active_local_endpoints')]: '5+0x10 0+0x2 5+0x60' }, 14],
      ['long after the node was drained', { [on('felix_active_local_endpoints')]: '5+0x10 0+0x110' }, 100],
    ],
  },
  FelixEndpointsDiffer: {
    fires: [
      [
        'one has fewer',
        all('felix_cluster_num_workload_endpoints', { w1: `80${ALWAYS}`, w2: `100${ALWAYS}`, w3: `100${ALWAYS}` }),
        40,
      ],
    ],
    quiet: [
      [
        'one is a pod behind',
        all('felix_cluster_num_workload_endpoints', { w1: `99${ALWAYS}`, w2: `100${ALWAYS}`, w3: `100${ALWAYS}` }),
        40,
      ],
      [
        'all follow a large change',
        all('felix_cluster_num_workload_endpoints', {
          w1: '9+0x30 90+0x60',
          w2: '9+0x31 90+0x60',
          w3: '9+0x31 90+0x60',
        }),
        45,
      ],
    ],
  },
  FelixPoliciesGone: {
    fires: [['all at once', { [on('felix_cluster_num_policies')]: '7+0x10 0+0x60' }, 20]],
    quiet: [
      ['a cluster without any', { [on('felix_cluster_num_policies')]: `0${ALWAYS}` }, 60],
      ['while Felix starts', { [on('felix_cluster_num_policies')]: '0+0x5 7+0x60' }, 30],
    ],
  },
  FelixPoliciesDiffer: {
    fires: [
      [
        'one has fewer',
        all('felix_cluster_num_policies', { w1: `6${ALWAYS}`, w2: `7${ALWAYS}`, w3: `7${ALWAYS}` }),
        40,
      ],
    ],
    quiet: [
      ['all have the same', all('felix_cluster_num_policies', { w1: `7${ALWAYS}`, w2: `7${ALWAYS}` }), 40],
      [
        'one is told a minute later',
        all('felix_cluster_num_policies', { w1: '7+0x31 9+0x60', w2: '7+0x30 9+0x60' }),
        50,
      ],
    ],
  },
  FelixDataplaneFailing: goesOn('felix_int_dataplane_failures'),
  FelixIptablesRestoreErrors: goesOn('felix_iptables_restore_errors'),
  FelixIptablesSaveErrors: goesOn('felix_iptables_save_errors'),
  FelixIpsetErrors: goesOn('felix_ipset_errors'),
  FelixNftErrors: goesOn('felix_nft_errors'),
  FelixNftListErrors: goesOn('felix_nft_list_errors'),
  FelixNftSetErrors: goesOn('felix_nft_set_errors'),
  FelixBpfEndpointsDirty: {
    fires: [['two of them', { [on('felix_bpf_dirty_dataplane_endpoints')]: `2${ALWAYS}` }, 20]],
    quiet: [
      ['none', { [on('felix_bpf_dirty_dataplane_endpoints')]: `0${ALWAYS}` }, 20],
      ['while they are attached', { [on('felix_bpf_dirty_dataplane_endpoints')]: '4-1x4 0+0x60' }, 12],
    ],
  },
  WireguardHandshakeOld: {
    fires: [
      ['sent to, and none since', wireguard('0+60x10 600+0x60', '0+1000x70'), 30],
      ['sent to, and never one', wireguard(`0${ALWAYS}`, '0+148x70'), 30],
    ],
    quiet: [
      ['keys are renewed', wireguard('0+60x70', '0+1000x70'), 60],
      ['nothing is sent', wireguard('0+60x10 600+0x60', '5000+0x70'), 60],
    ],
  },
  WireguardPeersMissing: {
    fires: [
      ['one of two', peers(3, 'a'), 30],
      ['both', peers(3), 30],
    ],
    quiet: [
      ['none', peers(3, 'a', 'b'), 30],
      ['none, in two stacks', peers(3, 'a', 'b', 'c', 'd'), 30],
    ],
  },
  CalicoNodeNotReady: {
    fires: [['one', { ...ready('calico-node-x7k2p', `0${ALWAYS}`), ...ready('calico-node-b9c4d', `1${ALWAYS}`) }, 20]],
    quiet: [
      ['ready', ready('calico-node-x7k2p', `1${ALWAYS}`), 60],
      ['starts', ready('calico-node-x7k2p', '0+0x3 1+0x60'), 8],
      ['another pod', ready('coredns-x7k2p', `0${ALWAYS}`), 60],
    ],
  },
  BgpSessionDown: {
    fires: [['for good', session('1+0x10 0+0x50'), 20]],
    quiet: [
      ['up', session(`1${ALWAYS}`), 60],
      ['restarted', session('1+0x10 0+0x2 1+0x50'), 15],
      ['another protocol', session(`0${ALWAYS}`, 'Kernel'), 60],
    ],
  },
  BgpSessionFlapping: {
    fires: [['every minute', session('1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1'), 16]],
    quiet: [
      ['once', session('1+0x10 0+0x2 1+0x50'), 30],
      ['down', session('1+0x10 0+0x60'), 60],
    ],
  },
  TyphaMetricsDown: {
    fires: [
      ['down', { [`up{${TYPHA}}`]: `0${ALWAYS}` }, 20],
      ['not scraped', { other: `1${ALWAYS}` }, 20],
    ],
    quiet: [['up', { [`up{${TYPHA}}`]: `1${ALWAYS}` }, 20]],
  },
  TyphaConnectionsMissing: {
    fires: [['four of five', typha(2, 2), 30]],
    quiet: [
      ['five', typha(3, 2), 30],
      ['a node more than there is', typha(3, 3), 30],
    ],
  },
  TyphaClientsSlow: {
    fires: [['again and again', { [`typha_connections_grace_used{${TYPHA},syncer="felix"}`]: '0+1x120' }, 60]],
    quiet: [
      ['never', { [`typha_connections_grace_used{${TYPHA},syncer="felix"}`]: `0${ALWAYS}` }, 60],
      ['after a restart of Typha', { [`typha_connections_grace_used{${TYPHA},syncer="felix"}`]: '0+5x2 10+0x60' }, 40],
    ],
  },
  KubeControllersMetricsDown: {
    fires: [
      ['down', { [`up{${CONTROLLERS}}`]: `0${ALWAYS}` }, 30],
      ['not scraped', { other: `1${ALWAYS}` }, 30],
    ],
    quiet: [
      ['up', { [`up{${CONTROLLERS}}`]: `1${ALWAYS}` }, 30],
      ['moved to another node', { [`up{${CONTROLLERS}}`]: '1+0x10 0+0x4 1+0x60' }, 20],
    ],
  },
  IpamAddressesLow: {
    fires: [['84 of a hundred', pool('ipam_allocations_in_use', { w1: 30_000, w2: 25_000 }), 30]],
    quiet: [
      ['76 of a hundred', pool('ipam_allocations_in_use', { w1: 30_000, w2: 20_000 }), 30],
      ['a pool that is not known', { 'ipam_allocations_in_use{ippool="no_ippool",node="w1"}': `5${ALWAYS}` }, 30],
    ],
  },
  IpamAddressesNearlyOut: {
    fires: [['96 of a hundred', pool('ipam_allocations_in_use', { w1: 33_000, w2: 30_000 }), 30]],
    quiet: [['84 of a hundred', pool('ipam_allocations_in_use', { w1: 30_000, w2: 25_000 }), 30]],
  },
  IpamBlocksLow: {
    fires: [['950 of 1024', pool('ipam_blocks', { w1: 500, w2: 450 }), 30]],
    quiet: [
      ['800 of 1024', pool('ipam_blocks', { w1: 400, w2: 400 }), 30],
      ['none left, which another alert tells', pool('ipam_blocks', { w1: 600, w2: 424 }), 30],
    ],
  },
  IpamBlocksOut: {
    fires: [['none left', pool('ipam_blocks', { w1: 600, w2: 424 }), 30]],
    quiet: [['one left', pool('ipam_blocks', { w1: 600, w2: 423 }), 30]],
  },
  IpamNodeBlocksLow: {
    fires: [['18 of 20', { 'ipam_blocks_per_node{node="w1"}': `18${ALWAYS}` }, 30]],
    quiet: [
      ['17 of 20', { 'ipam_blocks_per_node{node="w1"}': `17${ALWAYS}` }, 30],
      ['blocks of nobody', { 'ipam_blocks_per_node{node="no_affinity"}': `90${ALWAYS}` }, 30],
    ],
  },
  IpamLeaks: {
    fires: [['for more than an hour', pool('ipam_allocations_gc_candidates', { w1: 3, w2: 0 }), 80]],
    quiet: [
      ['none', pool('ipam_allocations_gc_candidates', { w1: 0, w2: 0 }), 80],
      [
        'collected after a quarter of an hour',
        { 'ipam_allocations_gc_candidates{ippool="default-pool",node="w1"}': '3+0x20 0+0x90' },
        80,
      ],
    ],
  },
};

/** Two nodes, everything as it should be: nothing may fire. */
export const healthy: Series = {
  ...all('up', { w1: `1${ALWAYS}`, w2: `1${ALWAYS}` }),
  ...all('felix_resync_state', { w1: `3${ALWAYS}`, w2: `3${ALWAYS}` }),
  ...all('felix_resyncs_started', { w1: `1${ALWAYS}`, w2: `1${ALWAYS}` }),
  ...all('felix_active_local_endpoints', { w1: `9${ALWAYS}`, w2: `4${ALWAYS}` }),
  ...all('felix_cluster_num_workload_endpoints', { w1: `13${ALWAYS}`, w2: `13${ALWAYS}` }),
  ...all('felix_cluster_num_policies', { w1: `4${ALWAYS}`, w2: `4${ALWAYS}` }),
  ...all('felix_cluster_num_hosts', { w1: `2${ALWAYS}`, w2: `2${ALWAYS}` }),
  ...all('felix_int_dataplane_failures', { w1: `2${ALWAYS}`, w2: `0${ALWAYS}` }),
  ...all('felix_iptables_restore_errors', { w1: `1${ALWAYS}`, w2: `0${ALWAYS}` }),
  ...wireguard('0+60x120', '0+900x120'),
  [`wireguard_latest_handshake_seconds{${JOB},instance="w2:9091",node="w2",peer_key="b"}`]: '0+60x120',
  ...session(`1${ALWAYS}`),
  ...ready('calico-node-x7k2p', `1${ALWAYS}`),
  [`up{${TYPHA}}`]: `1${ALWAYS}`,
  'typha_connections_streaming{instance="t1:9093",syncer="felix"}': `2${ALWAYS}`,
  [`up{${CONTROLLERS}}`]: `1${ALWAYS}`,
  ...pool('ipam_allocations_in_use', { w1: 12, w2: 6 }),
  ...pool('ipam_blocks', { w1: 2, w2: 1 }),
  'ipam_blocks_per_node{node="w1"}': `2${ALWAYS}`,
};
