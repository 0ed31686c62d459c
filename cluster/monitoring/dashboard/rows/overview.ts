import type { Cluster } from '../../../types.ts';
import { IN_SYNC } from '../../alerts/felix.ts';
import { alertGroups } from '../../alerts/index.ts';
import { ADDRESSES_TAKEN, countsAddresses } from '../../alerts/ipam.ts';
import { ofJob } from '../../alerts/words.ts';
import type { Panel, Row } from '../types.ts';
import { poolThresholds } from './ipam.ts';

/** The cluster in a line of numbers, whatever nodes are chosen. */
export function overview(cluster: Cluster): Row {
  return {
    title: 'The cluster',
    panels: [...FELIX, ...(countsAddresses(cluster) ? [POOL] : []), ...firing(cluster)],
  };
}

const number = (panel: Omit<Panel, 'shape' | 'unit' | 'queries'> & { expr: string; unit?: Panel['unit'] }): Panel => {
  const { expr, unit = 'none', ...rest } = panel;
  return { ...rest, shape: 'number', unit, queries: [{ expr, legend: '' }] };
};

const FELIX: readonly Panel[] = [
  number({
    id: 'felix-answers',
    title: 'Felix answers',
    description: 'The part of all nodes whose Felix answers Prometheus.',
    expr: `avg(up{${ofJob('calico-node-metrics')}})`,
    unit: 'percentunit',
    below: 'red',
    thresholds: [{ from: 1, colour: 'green' }],
    alerts: ['CalicoNodeMetricsDown', 'CalicoNodeMetricsAbsent'],
  }),
  number({
    id: 'felix-not-in-sync',
    title: 'Not in sync',
    description: 'How many Felixes do not have all that the datastore has.',
    expr: `count(felix_resync_state != ${IN_SYNC}) or vector(0)`,
    thresholds: [{ from: 1, colour: 'red' }],
    alerts: ['FelixNotInSync'],
  }),
  number({
    id: 'pods',
    title: 'Pods',
    description:
      'Pods on Calico’s network in the whole cluster: each Felix counts them all, this is the largest count.',
    expr: 'max(felix_cluster_num_workload_endpoints)',
    alerts: [],
  }),
  number({
    id: 'policies',
    title: 'Policies',
    description: 'Policies of every kind in the whole cluster: each Felix counts them all, this is the largest count.',
    expr: 'max(felix_cluster_num_policies)',
    alerts: [],
  }),
];

const POOL = number({
  id: 'fullest-pool',
  title: 'Fullest pool',
  description: 'The part of its addresses that is in use, of the pool that has the fewest left.',
  expr: `max(${ADDRESSES_TAKEN})`,
  unit: 'percentunit',
  thresholds: poolThresholds,
  alerts: ['IpamAddressesLow', 'IpamAddressesNearlyOut'],
});

/** Prometheus keeps a series for each alert that fires. */
function firing(cluster: Cluster): Panel[] {
  if (cluster.monitoring.kind === 'none' || !cluster.monitoring.alerts) return [];
  const names = [...new Set(alertGroups(cluster).flatMap(({ alerts }) => alerts.map(({ name }) => name)))];
  return [
    number({
      id: 'alerts-firing',
      title: 'Alerts firing',
      description: 'How many alerts about Calico fire. Prometheus’ own page of alerts has which, and each a runbook.',
      expr: `count(ALERTS{alertstate="firing",alertname=~"${names.join('|')}"}) or vector(0)`,
      thresholds: [{ from: 1, colour: 'red' }],
      alerts: [],
    }),
  ];
}
