import type { AlertGroup } from './types.ts';
import { NODE, ofJob } from './words.ts';

/** Pods come and go between two scrapes: of a hundred five, and one more. */
const SOME_PODS =
  'on () group_left () (1 + 0.05 * quantile(0.5, avg_over_time(felix_cluster_num_workload_endpoints[10m])))';
/** Above so many in an hour an alert fires. */
export const RESYNCS_AN_HOUR = 3;
/** `felix_resync_state` of a Felix that has all that the datastore has. */
export const IN_SYNC = 3;
const up = `up{${ofJob('calico-node-metrics')}}`;

/**
 * Whether Felix is there, has what the datastore has, and sees what the others see. `felix_resync_state` is 1 while Felix waits for the
 * datastore, 2 while it reads, 3 when it has all (Calico v3.31.5 felix/calc/async_calc_graph.go:45), and 0 before.
 */
export function felix(): AlertGroup[] {
  return [
    {
      name: 'calico-felix',
      alerts: [
        {
          name: 'CalicoNodeMetricsDown',
          expr: `${up} == 0`,
          for: '5m',
          severity: 'warning',
          summary: `Felix on ${NODE} does not answer Prometheus`,
          description:
            'calico-node is down, or its metrics cannot be reached. While Felix is down, policies and routes of its node stay as they were.',
        },
        {
          name: 'CalicoNodeMetricsAbsent',
          expr: `absent(${up})`,
          for: '15m',
          severity: 'warning',
          summary: 'Prometheus scrapes no calico-node at all',
          description:
            'The ServiceMonitor or the Service is gone or selects nothing; no other alert about Felix can fire.',
        },
        {
          name: 'FelixNotInSync',
          expr: `felix_resync_state != ${IN_SYNC}`,
          for: '10m',
          severity: 'critical',
          summary: `Felix on ${NODE} is not in sync with the datastore`,
          description:
            'It waits for the datastore (1) or still reads from it (2): {{ $value }}. New pods on the node get no policies and no routes.',
        },
        {
          name: 'FelixResyncsOften',
          expr: `increase(felix_resyncs_started[1h]) > ${RESYNCS_AN_HOUR}`,
          for: '10m',
          severity: 'warning',
          summary: `Felix on ${NODE} begins anew again and again`,
          description:
            'It lost the datastore or Typha {{ printf "%.0f" $value }} times in an hour, and read everything anew.',
        },
      ],
    },
    {
      name: 'calico-endpoints',
      alerts: [
        {
          name: 'FelixEndpointsGone',
          expr: 'felix_active_local_endpoints == 0 and max_over_time(felix_active_local_endpoints[30m]) > 0',
          for: '10m',
          severity: 'warning',
          summary: `${NODE} has no pods of Calico any more`,
          description:
            'It had some within the last half hour. That is right for a node that was drained, and for no other.',
        },
        {
          name: 'FelixEndpointsDiffer',
          expr: differs('felix_cluster_num_workload_endpoints', SOME_PODS),
          for: '15m',
          severity: 'warning',
          summary: `Felix on ${NODE} knows other pods than the others do`,
          description:
            'The number of pods that it sees in the cluster has been {{ printf "%.0f" $value }} away from that of the others: what it has is old, and so are its routes and the addresses in its policies.',
        },
      ],
    },
    {
      name: 'calico-policies',
      alerts: [
        {
          name: 'FelixPoliciesGone',
          expr: 'felix_cluster_num_policies == 0 and max_over_time(felix_cluster_num_policies[1h]) > 0',
          for: '5m',
          severity: 'critical',
          summary: `Felix on ${NODE} knows no policy any more`,
          description: 'There were some within the last hour. Without a policy everything may reach everything.',
        },
        {
          name: 'FelixPoliciesDiffer',
          expr: differs('felix_cluster_num_policies', '0.5'),
          for: '15m',
          severity: 'warning',
          summary: `Felix on ${NODE} knows other policies than the others do`,
          description:
            'The number of policies that it sees in the cluster has been {{ printf "%.0f" $value }} away from that of the others: it enforces what was declared some time ago.',
        },
      ],
    },
  ];
}

/** How far a Felix is, over ten minutes, from what most see: every one of them counts the whole cluster. */
function differs(metric: string, margin: string): string {
  return `abs(avg_over_time(${metric}[10m]) - on () group_left () quantile(0.5, avg_over_time(${metric}[10m]))) > ${margin}`;
}
