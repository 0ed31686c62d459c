import type { Cluster } from '../../types.ts';
import { bgp } from './bgp.ts';
import { dataplane } from './dataplane.ts';
import { felix } from './felix.ts';
import { ipam } from './ipam.ts';
import { kubeControllers } from './kube-controllers.ts';
import type { AlertGroup } from './types.ts';
import { typha } from './typha.ts';
import { wireguard } from './wireguard.ts';

/** The alerts for what the cluster has, a group for each topic: none for a part that it does not run or does not ask. */
export function alertGroups(cluster: Cluster): AlertGroup[] {
  const groups = [
    ...(cluster.felix.metrics.enabled ? [...felix(), ...dataplane(cluster), ...wireguard(cluster)] : []),
    ...bgp(cluster),
    ...typha(cluster),
    ...kubeControllers(cluster),
    ...ipam(cluster),
  ];
  return groups.filter(({ alerts }) => alerts.length > 0);
}
