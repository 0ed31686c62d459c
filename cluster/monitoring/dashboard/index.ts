/** The dashboard for Grafana: what it shows as data, and as the ConfigMap that Grafana's sidecar takes up. */
import type { Cluster, Labels } from '../../types.ts';
import { bgp } from './rows/bgp.ts';
import { dataplane } from './rows/dataplane.ts';
import { endpoints, process, routes, sync } from './rows/felix.ts';
import { ipam } from './rows/ipam.ts';
import { overview } from './rows/overview.ts';
import { typha } from './rows/typha.ts';
import { wireguard } from './rows/wireguard.ts';
import type { Row } from './types.ts';

/** The rows for what the cluster has, from top to bottom: none for a part that it does not run or does not ask. Felix is always asked. */
export function dashboardRows(cluster: Cluster): Row[] {
  if (cluster.monitoring.kind === 'none') return [];
  const rows = [
    overview(cluster),
    endpoints,
    dataplane(cluster),
    sync,
    routes,
    ...ipam(cluster),
    ...bgp(cluster),
    ...wireguard(cluster),
    ...typha(cluster),
    process,
  ];
  return cluster.monitoring.alerts ? rows : rows.map(withoutAlerts);
}

/** Limits stay: they are worth seeing where nobody is woken up. */
function withoutAlerts({ title, panels }: Row): Row {
  return { title, panels: panels.map((panel) => ({ ...panel, alerts: [] })) };
}

/** The ConfigMap but for its one file, which is made when it is wanted. */
export interface DashboardObject {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Labels;
    readonly annotations?: Labels;
  };
  /** Its key: the sidecar writes files of all ConfigMaps into one folder. */
  readonly file: string;
}

/** Absent where the stack wants none. */
export function dashboardObject({ name, monitoring }: Cluster): DashboardObject | undefined {
  if (monitoring.kind === 'none' || monitoring.dashboard === undefined) return undefined;
  const { labels, namespace, annotations } = monitoring.dashboard;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'calico-dashboard',
      namespace,
      labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    file: `calico-${name}.json`,
  };
}

/**
 * The text of that file. Grafana's library takes 50 ms to load, so only who wants the text loads it; it does no more than to build what is handed
 * to it, and the same cluster gives the same text.
 */
export async function dashboardText(cluster: Cluster): Promise<string> {
  const { grafanaDashboard } = await import('./grafana.ts');
  return JSON.stringify(grafanaDashboard(cluster, dashboardRows(cluster)));
}
