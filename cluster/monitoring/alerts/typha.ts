import type { Cluster } from '../../types.ts';
import type { AlertGroup } from './types.ts';
import { ofJob } from './words.ts';

/** Typha stands between the API and every Felix; confd connects as well, where there is BIRD, so connections are counted by kind. */
export function typha({ calico, felix }: Cluster): AlertGroup[] {
  if (calico.typha?.metrics.enabled !== true) return [];
  const up = `up{${ofJob('calico-typha-metrics')}}`;
  return [
    {
      name: 'calico-typha',
      alerts: [
        {
          name: 'TyphaMetricsDown',
          expr: `${up} == 0 or absent(${up})`,
          for: '5m',
          severity: 'warning',
          summary: 'Typha {{ $labels.instance }} does not answer Prometheus',
          description:
            'It is down, or its metrics cannot be reached. Without any Typha no Felix learns of anything new.',
        },
        ...(felix.metrics.enabled
          ? [
              {
                name: 'TyphaConnectionsMissing',
                expr: 'sum(typha_connections_streaming{syncer="felix"}) < max(felix_cluster_num_hosts)',
                for: '10m',
                severity: 'critical',
                summary: 'Only {{ $value }} nodes are connected to Typha',
                description: 'The other nodes learn neither of new pods nor of new policies.',
              } as const,
            ]
          : []),
        {
          name: 'TyphaClientsSlow',
          expr: 'increase(typha_connections_grace_used[15m]) > 0',
          for: '30m',
          severity: 'warning',
          summary: 'Clients of Typha {{ $labels.instance }} cannot keep up',
          description:
            'Their {{ $labels.syncer }} connections need the time of grace after each snapshot, and are cut off when it is not enough.',
        },
      ],
    },
  ];
}
