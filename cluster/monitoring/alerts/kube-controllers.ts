import type { Cluster } from '../../types.ts';
import { targetsOf } from '../targets.ts';
import type { AlertGroup } from './types.ts';
import { ofJob } from './words.ts';

const SERVICE = 'calico-kube-controllers-metrics';

/** Whether kube-controllers is deployed, and asked. */
export function asksKubeControllers(cluster: Cluster): boolean {
  return targetsOf(cluster).some(({ service }) => service === SERVICE);
}

/** It collects what deleted pods and nodes leave behind, and is the only one that tells of IPAM. */
export function kubeControllers(cluster: Cluster): AlertGroup[] {
  if (!asksKubeControllers(cluster)) return [];
  const up = `up{${ofJob(SERVICE)}}`;
  return [
    {
      name: 'calico-kube-controllers',
      alerts: [
        {
          name: 'KubeControllersMetricsDown',
          expr: `${up} == 0 or absent(${up})`,
          for: '15m',
          severity: 'warning',
          summary: 'calico-kube-controllers does not answer Prometheus',
          description:
            'Addresses of deleted pods and nodes are not collected while it is down, and alerts about IPAM cannot fire.',
        },
      ],
    },
  ];
}
