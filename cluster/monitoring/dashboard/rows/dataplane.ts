import type { Cluster } from '../../../types.ts';
import type { Panel, Row } from '../types.ts';
import { CHOSEN, failures, times } from '../words.ts';

/** Whether what Felix knows is in the kernel, and how long that takes. */
export function dataplane({ network }: Cluster): Row {
  const own: Record<Cluster['network']['dataplane']['kind'], readonly Panel[]> = {
    iptables: [...IPTABLES, IPSETS],
    nftables: NFTABLES,
    ebpf: [BPF, ...IPTABLES],
  };
  return { title: 'Data plane', panels: [FAILURES, APPLY, APPLIED, ...own[network.dataplane.kind]] };
}

const FAILURES = failures('felix_int_dataplane_failures', {
  id: 'dataplane-failures',
  title: 'Failures to bring an update into the kernel',
  description:
    'felix_int_dataplane_failures in five minutes. Each is tried again; a few while calico-node starts are usual, and those that go on leave the node with what it had before.',
  alerts: ['FelixDataplaneFailing'],
});

const APPLY: Panel = {
  id: 'apply-time',
  title: 'Time until an update is in the kernel',
  description:
    'felix_int_dataplane_apply_time_seconds, half of the updates and the slowest hundredth. This panel is where others show felix_route_programming_duration_seconds: Felix has no metric of that name (Calico v3.31.5). It writes routes together with the rest of an update, so the time of the update is the time until a new route is there.',
  shape: 'lines',
  unit: 's',
  queries: times('felix_int_dataplane_apply_time_seconds', '{{node}}', CHOSEN),
  alerts: [],
};

const APPLIED: Panel = {
  id: 'applied',
  title: 'Updates of the kernel',
  description: 'How many updates Felix carried out, in a minute. One may hold many changes.',
  shape: 'lines',
  unit: 'opm',
  queries: [
    {
      expr: `rate(felix_int_dataplane_apply_time_seconds_count{${CHOSEN}}[$__rate_interval]) * 60`,
      legend: '{{node}}',
    },
  ],
  alerts: [],
};

const IPTABLES: readonly Panel[] = [
  failures('felix_iptables_restore_errors', {
    id: 'iptables-restore-errors',
    title: 'Errors of iptables-restore',
    description:
      'felix_iptables_restore_errors in five minutes. When they go on, policies do not take effect: the kernel does not take the rules, or somebody else writes the same tables.',
    alerts: ['FelixIptablesRestoreErrors'],
  }),
  failures('felix_iptables_save_errors', {
    id: 'iptables-save-errors',
    title: 'Errors of iptables-save',
    description: 'felix_iptables_save_errors in five minutes: Felix cannot read the rules that are there.',
    alerts: ['FelixIptablesSaveErrors'],
  }),
  {
    id: 'iptables-rules',
    title: 'Rules in iptables',
    description: 'Rules that Felix keeps, of all its tables. They grow with endpoints, policies and their selectors.',
    shape: 'lines',
    unit: 'none',
    queries: [{ expr: `sum by (node) (felix_iptables_rules{${CHOSEN}})`, legend: '{{node}}' }],
    alerts: [],
  },
];

const IPSETS = failures('felix_ipset_errors', {
  id: 'ipset-errors',
  title: 'Errors of ipset',
  description: 'felix_ipset_errors in five minutes. When they go on, policies go by addresses of before.',
  alerts: ['FelixIpsetErrors'],
});

const NFTABLES: readonly Panel[] = [
  failures('felix_nft_errors', {
    id: 'nft-errors',
    title: 'Errors of nft',
    description:
      'felix_nft_errors in five minutes, which with nftables stands for felix_iptables_restore_errors. When they go on, policies do not take effect.',
    alerts: ['FelixNftErrors'],
  }),
  failures('felix_nft_list_errors', {
    id: 'nft-list-errors',
    title: 'Errors of listing nftables',
    description: 'felix_nft_list_errors in five minutes: Felix cannot read the rules that are there.',
    alerts: ['FelixNftListErrors'],
  }),
  failures('felix_nft_set_errors', {
    id: 'nft-set-errors',
    title: 'Errors of sets of nftables',
    description: 'felix_nft_set_errors in five minutes. When they go on, policies go by addresses of before.',
    alerts: ['FelixNftSetErrors'],
  }),
  {
    id: 'nft-rules',
    title: 'Rules in nftables',
    description: 'Rules that Felix keeps in its tables. They grow with endpoints, policies and their selectors.',
    shape: 'lines',
    unit: 'none',
    queries: [{ expr: `sum by (node) (felix_nft_rules{${CHOSEN}})`, legend: '{{node}}' }],
    alerts: [],
  },
];

const BPF: Panel = {
  id: 'bpf-dirty',
  title: 'Interfaces without their programs',
  description:
    'felix_bpf_dirty_dataplane_endpoints: interfaces to which Felix could not attach its programs. Pods behind them have no policies of now, or no network.',
  shape: 'lines',
  unit: 'none',
  queries: [{ expr: `felix_bpf_dirty_dataplane_endpoints{${CHOSEN}}`, legend: '{{node}}' }],
  thresholds: [{ from: 1, colour: 'red' }],
  alerts: ['FelixBpfEndpointsDirty'],
};
