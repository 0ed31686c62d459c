import type { Cluster } from '../../../types.ts';
import { ofJob } from '../../alerts/words.ts';
import type { Row } from '../types.ts';
import { times } from '../words.ts';

/** Typha stands between the API and every Felix; its metrics are off unless the stack switches them on. */
export function typha({ calico }: Cluster): Row[] {
  if (calico.typha?.metrics.enabled !== true) return [];
  return [
    {
      title: 'Typha',
      panels: [
        {
          id: 'typha-answers',
          title: 'Typha answers',
          description: 'Without any Typha no Felix learns of anything new.',
          shape: 'states',
          unit: 'none',
          queries: [{ expr: `up{${ofJob('calico-typha-metrics')}}`, legend: '{{instance}}' }],
          words: { 0: { word: 'silent', colour: 'red' }, 1: { word: 'answers', colour: 'green' } },
          alerts: ['TyphaMetricsDown'],
        },
        {
          id: 'typha-connections',
          title: 'Nodes that Typha serves',
          description:
            'typha_connections_streaming of Felixes, of all Typhas. Below the number of nodes, some learn of nothing new.',
          shape: 'lines',
          unit: 'none',
          queries: [
            { expr: 'sum(typha_connections_streaming{syncer="felix"})', legend: 'connected' },
            { expr: 'max(felix_cluster_num_hosts)', legend: 'nodes' },
          ],
          alerts: ['TyphaConnectionsMissing'],
        },
        {
          id: 'typha-latency',
          title: 'How far clients are behind',
          description:
            'typha_client_latency_secs of Felixes. A client that cannot keep up is cut off, and begins anew.',
          shape: 'lines',
          unit: 's',
          queries: times('typha_client_latency_secs', '{{instance}}', 'syncer="felix"'),
          alerts: [],
        },
        {
          id: 'typha-grace',
          title: 'Clients that needed the time of grace',
          description:
            'typha_connections_grace_used in a quarter of an hour: clients that had not caught up after their snapshot.',
          shape: 'lines',
          unit: 'none',
          queries: [{ expr: 'increase(typha_connections_grace_used[15m])', legend: '{{instance}} {{syncer}}' }],
          thresholds: [{ from: 1, colour: 'orange' }],
          alerts: ['TyphaClientsSlow'],
        },
      ],
    },
  ];
}
