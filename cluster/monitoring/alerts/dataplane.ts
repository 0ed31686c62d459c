import type { Cluster } from '../../types.ts';
import type { Alert, AlertGroup } from './types.ts';
import { goesOn, NODE } from './words.ts';

/**
 * Whether Felix brings what it knows into the kernel. It tries again by itself, and some failures while it starts are usual; those that go
 * on leave the node with what it had before.
 */
export function dataplane({ network }: Cluster): AlertGroup[] {
  const own: Record<Cluster['network']['dataplane']['kind'], readonly Alert[]> = {
    iptables: [...IPTABLES, IPSETS],
    nftables: NFTABLES,
    // Felix keeps a few rules of iptables beside its programs.
    ebpf: [BPF, ...IPTABLES],
  };
  return [{ name: 'calico-dataplane', alerts: [FAILING, ...own[network.dataplane.kind]] }];
}

const FAILING: Alert = {
  name: 'FelixDataplaneFailing',
  ...goesOn('felix_int_dataplane_failures'),
  severity: 'critical',
  summary: `Felix on ${NODE} fails to program the data plane, again and again`,
  description: 'New pods, routes and policies do not take effect on this node; the log of calico-node says what fails.',
};

const IPTABLES: readonly Alert[] = [
  {
    name: 'FelixIptablesRestoreErrors',
    ...goesOn('felix_iptables_restore_errors'),
    severity: 'critical',
    summary: `iptables-restore goes on failing on ${NODE}`,
    description:
      'Policies do not take effect: rules that the kernel does not take, or somebody else writes the same tables.',
  },
  {
    name: 'FelixIptablesSaveErrors',
    ...goesOn('felix_iptables_save_errors'),
    severity: 'warning',
    summary: `iptables-save goes on failing on ${NODE}`,
    description: 'Felix cannot read the rules that are there, so it neither repairs nor changes them.',
  },
];

const IPSETS: Alert = {
  name: 'FelixIpsetErrors',
  ...goesOn('felix_ipset_errors'),
  severity: 'critical',
  summary: `ipset goes on failing on ${NODE}`,
  description: 'Sets of addresses are not brought up to date: policies let in and keep out by addresses of before.',
};

const NFTABLES: readonly Alert[] = [
  {
    name: 'FelixNftErrors',
    ...goesOn('felix_nft_errors'),
    severity: 'critical',
    summary: `nft goes on failing on ${NODE}`,
    description:
      'Policies do not take effect: the kernel does not take the rules, or somebody else writes the same table.',
  },
  {
    name: 'FelixNftListErrors',
    ...goesOn('felix_nft_list_errors'),
    severity: 'warning',
    summary: `Felix goes on failing to list nftables on ${NODE}`,
    description: 'Felix cannot read the rules that are there, so it neither repairs nor changes them.',
  },
  {
    name: 'FelixNftSetErrors',
    ...goesOn('felix_nft_set_errors'),
    severity: 'critical',
    summary: `Sets of nftables go on failing on ${NODE}`,
    description: 'Sets of addresses are not brought up to date: policies let in and keep out by addresses of before.',
  },
];

const BPF: Alert = {
  name: 'FelixBpfEndpointsDirty',
  expr: 'felix_bpf_dirty_dataplane_endpoints > 0',
  for: '10m',
  severity: 'critical',
  summary: `Felix on ${NODE} cannot attach its programs to {{ $value }} interfaces`,
  description:
    'Pods behind them have no policies of now, or no network; the log of calico-node says what the kernel refused.',
};
