import { RESYNCS_AN_HOUR } from '../../alerts/felix.ts';
import { ofJob } from '../../alerts/words.ts';
import type { Row } from '../types.ts';
import { CHOSEN, times } from '../words.ts';

/** What each Felix has to do, and whether all of them see the same cluster. */
export const endpoints: Row = {
  title: 'Endpoints and policies',
  panels: [
    {
      id: 'endpoints',
      title: 'Endpoints of the node',
      description:
        'felix_active_local_endpoints: pods and host endpoints that the node’s Felix looks after. None at all is right for a node that was drained, and for no other.',
      shape: 'lines',
      unit: 'none',
      queries: [{ expr: `felix_active_local_endpoints{${CHOSEN}}`, legend: '{{node}}' }],
      alerts: ['FelixEndpointsGone'],
    },
    {
      id: 'policies-of-nodes',
      title: 'Policies on the node',
      description: 'felix_active_local_policies: policies that select at least one of the node’s endpoints.',
      shape: 'lines',
      unit: 'none',
      queries: [{ expr: `felix_active_local_policies{${CHOSEN}}`, legend: '{{node}}' }],
      alerts: [],
    },
    {
      id: 'pods-as-seen',
      title: 'Pods of the cluster, as each node sees them',
      description: 'The lines lie on each other. One that stays away from the others is a Felix that knows old things.',
      shape: 'lines',
      unit: 'none',
      queries: [{ expr: `felix_cluster_num_workload_endpoints{${CHOSEN}}`, legend: '{{node}}' }],
      alerts: ['FelixEndpointsDiffer'],
    },
    {
      id: 'policies-as-seen',
      title: 'Policies of the cluster, as each node sees them',
      description:
        'The lines lie on each other. One that stays away enforces what was declared some time ago; none at all lets everything reach everything.',
      shape: 'lines',
      unit: 'none',
      queries: [{ expr: `felix_cluster_num_policies{${CHOSEN}}`, legend: '{{node}}' }],
      alerts: ['FelixPoliciesGone', 'FelixPoliciesDiffer'],
    },
  ],
};

export const sync: Row = {
  title: 'Datastore',
  panels: [
    {
      id: 'resync-state',
      title: 'State of the resync',
      description:
        'felix_resync_state: whether Felix has all that the datastore has. While it has not, new pods of the node get neither policies nor routes.',
      shape: 'states',
      unit: 'none',
      queries: [{ expr: `felix_resync_state{${CHOSEN}}`, legend: '{{node}}' }],
      // Calico v3.31.5 felix/calc/async_calc_graph.go:45
      words: {
        0: { word: 'not begun', colour: 'red' },
        1: { word: 'waits for the datastore', colour: 'red' },
        2: { word: 'reads', colour: 'orange' },
        3: { word: 'in sync', colour: 'green' },
      },
      alerts: ['FelixNotInSync'],
    },
    {
      id: 'resyncs',
      title: 'Resyncs in an hour',
      description: 'How often Felix lost the datastore or Typha within an hour, and read everything anew.',
      shape: 'lines',
      unit: 'none',
      queries: [{ expr: `increase(felix_resyncs_started{${CHOSEN}}[1h])`, legend: '{{node}}' }],
      thresholds: [{ from: RESYNCS_AN_HOUR, colour: 'orange' }],
      alerts: ['FelixResyncsOften'],
    },
    {
      id: 'updates',
      title: 'Updates from the datastore',
      description: 'Changes of pods, policies, nodes and pools that Felix had to look at, in a minute.',
      shape: 'lines',
      unit: 'opm',
      queries: [
        {
          expr: `sum by (node) (rate(felix_calc_graph_updates_processed{${CHOSEN}}[$__rate_interval])) * 60`,
          legend: '{{node}}',
        },
      ],
      alerts: [],
    },
  ],
};

export const routes: Row = {
  title: 'Routes',
  panels: [
    {
      id: 'routes',
      title: 'Routes that Felix keeps',
      description:
        'felix_route_table_num_routes, by table: IPv4:254 is the main one. Those to the node’s own pods, and with VXLAN and WireGuard those to other nodes; between nodes that speak BGP routes are BIRD’s, and not counted here.',
      shape: 'lines',
      unit: 'none',
      queries: [{ expr: `felix_route_table_num_routes{${CHOSEN}}`, legend: '{{node}} {{table}}' }],
      alerts: [],
    },
    {
      id: 'route-resync',
      title: 'Time to compare the whole route table',
      description:
        'felix_route_table_resync_seconds: how long it takes to list all routes of the kernel and to compare them with those that should be there.',
      shape: 'lines',
      unit: 's',
      queries: times('felix_route_table_resync_seconds', '{{node}}', CHOSEN),
      alerts: [],
    },
    {
      id: 'route-partial-resync',
      title: 'Time to compare the routes of an interface',
      description: 'felix_route_table_partial_resync_seconds: the same for one interface, as when a pod comes or goes.',
      shape: 'lines',
      unit: 's',
      queries: times('felix_route_table_partial_resync_seconds', '{{node}}', CHOSEN),
      alerts: [],
    },
  ],
};

/** What the programs themselves take: Felix’ Go library tells it of each. */
export const process: Row = {
  title: 'calico-node itself',
  panels: [
    {
      id: 'cpu',
      title: 'Processor time of Felix',
      description: 'The part of one processor that Felix takes. High for long: very many updates, rules or interfaces.',
      shape: 'lines',
      unit: 'percentunit',
      queries: [
        {
          expr: `rate(process_cpu_seconds_total{${ofJob('calico-node-metrics')},${CHOSEN}}[$__rate_interval])`,
          legend: '{{node}}',
        },
      ],
      alerts: [],
    },
    {
      id: 'memory',
      title: 'Memory of Felix',
      description: 'Memory that Felix holds. It grows with the number of endpoints and policies of the cluster.',
      shape: 'lines',
      unit: 'bytes',
      queries: [
        { expr: `process_resident_memory_bytes{${ofJob('calico-node-metrics')},${CHOSEN}}`, legend: '{{node}}' },
      ],
      alerts: [],
    },
    {
      id: 'log-errors',
      title: 'Lines of log that were lost',
      description: 'Felix could not write them because nobody took them: the disk or the log’s reader is too slow.',
      shape: 'lines',
      unit: 'none',
      queries: [{ expr: `increase(felix_logs_dropped{${CHOSEN}}[5m])`, legend: '{{node}}' }],
      alerts: [],
    },
  ],
};
