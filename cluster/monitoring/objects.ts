/** What makes Calico's metrics findable, and watched: kubespray switches them on and leaves the rest to the operator of the cluster. */
import type { Cluster, Labels } from '../types.ts';
import { alertGroups } from './alerts/index.ts';
import type { AlertGroup } from './alerts/types.ts';
import { type Target, targetsOf } from './targets.ts';

/** A Kubernetes object without a policy's type: Services, ServiceMonitors and the PrometheusRule. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec: Readonly<Record<string, unknown>>;
}

const OPERATOR = 'monitoring.coreos.com/v1';
export const NAMESPACE = 'kube-system';

/**
 * For each part that answers Prometheus a headless Service, which kubespray does not make, and the ServiceMonitor that selects it; then
 * the PrometheusRule. Empty with `monitoring: none`.
 */
export function metricsObjects(cluster: Cluster): KubernetesObject[] {
  const { monitoring } = cluster;
  if (monitoring.kind === 'none') return [];
  const scraped = targetsOf(cluster).flatMap((target) => [
    service(target),
    serviceMonitor(target, monitoring.labels, monitoring.interval),
  ]);
  const groups = monitoring.alerts ? alertGroups(cluster) : [];
  return groups.length === 0 ? scraped : [...scraped, prometheusRule(groups, monitoring.labels, monitoring.runbooks)];
}

function service({ service: name, labels, selector, port }: Target): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { clusterIP: 'None', selector, ports: [{ name: 'metrics', protocol: 'TCP', port, targetPort: port }] },
  };
}

/** The name of the node comes with each series: an address says little in an alert. */
const NODE = { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' };

function serviceMonitor({ name, labels, node }: Target, own: Labels, interval: string): KubernetesObject {
  return {
    apiVersion: OPERATOR,
    kind: 'ServiceMonitor',
    metadata: { name, namespace: NAMESPACE, labels: { ...labels, ...own } },
    spec: {
      selector: { matchLabels: labels },
      endpoints: [{ port: 'metrics', interval, ...(node ? { relabelings: [NODE] } : {}) }],
    },
  };
}

function prometheusRule(groups: readonly AlertGroup[], labels: Labels, runbooks: string): KubernetesObject {
  return {
    apiVersion: OPERATOR,
    kind: 'PrometheusRule',
    metadata: { name: 'calico', namespace: NAMESPACE, labels: { 'k8s-app': 'calico-node', ...labels } },
    spec: ruleSpec(groups, runbooks),
  };
}

/** As Prometheus itself takes it in a file of rules. */
export function ruleSpec(groups: readonly AlertGroup[], runbooks: string): { groups: unknown[] } {
  return {
    groups: groups.map(({ name, alerts }) => ({
      name,
      rules: alerts.map((alert) => ({
        alert: alert.name,
        expr: alert.expr,
        for: alert.for,
        labels: { severity: alert.severity },
        annotations: {
          summary: alert.summary,
          description: alert.description,
          runbook_url: runbookUrl(runbooks, alert.name),
        },
      })),
    })),
  };
}

/** Its section in docs/runbooks.md, wherever that is read. */
export function runbookUrl(runbooks: string, alert: string): string {
  return `${runbooks}#${alert.toLowerCase()}`;
}
