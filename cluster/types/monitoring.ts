/** What a Prometheus is given to watch Calico by. */

import type { Labels } from './policies.ts';

export type Monitoring =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'prometheus';
      /** Of the ServiceMonitors and the PrometheusRule: what the user's Prometheus selects by. */
      readonly labels: Labels;
      /** Between two scrapes, a duration of Prometheus: `30s`. */
      readonly interval: string;
      /** Whether there are alerts. */
      readonly alerts: boolean;
      /** Absent: none. */
      readonly dashboard?: Dashboard;
      /** Address that runbooks are read at, without the anchor. */
      readonly runbooks: string;
      /** Of kube-controllers; 0: its metrics are off. */
      readonly kubeControllersPort: number;
    };

/** What Grafana's sidecar finds the dashboard by. */
export interface Dashboard {
  readonly labels: Labels;
  readonly namespace: string;
  /** The sidecar's annotation for the folder in Grafana, for one. */
  readonly annotations: Labels;
}
