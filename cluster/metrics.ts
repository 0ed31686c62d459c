import type { Cluster, Labels } from './types.ts';

/** A Kubernetes object without a policy's type: the metrics Service and its ServiceMonitor. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The headless Service that kubespray does not make, and the ServiceMonitor that selects it. Empty with
 * `monitoring: none`.
 */
export function metricsObjects(cluster: Cluster): KubernetesObject[] {
  const { enabled, port } = cluster.felix.metrics;
  if (cluster.monitoring === 'none' || !enabled) return [];
  const labels = { 'k8s-app': 'calico-node' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'calico-node-metrics', namespace: 'kube-system', labels },
      spec: {
        clusterIP: 'None',
        selector: labels,
        ports: [{ name: 'metrics', protocol: 'TCP', port, targetPort: port }],
      },
    },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: 'calico-node', namespace: 'kube-system', labels },
      spec: { selector: { matchLabels: labels }, endpoints: [{ port: 'metrics', interval: '30s' }] },
    },
  ];
}
