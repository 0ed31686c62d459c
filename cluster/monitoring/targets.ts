import type { Cluster, Labels } from '../types.ts';

/** A part of Calico that answers Prometheus. */
export interface Target {
  /** Name of its ServiceMonitor. */
  readonly name: string;
  /** Name of its headless Service, which Prometheus puts into the label `job`. */
  readonly service: string;
  /** Of the Service and the ServiceMonitor: no other Service has them, or each pod would be scraped twice. */
  readonly labels: Labels;
  /** The pods. */
  readonly selector: Labels;
  readonly port: number;
  /** Whether its series are of a node: calico-node's are. */
  readonly node: boolean;
}

/**
 * Felix on every node; Typha, which is off in kubespray unless it is switched on; kube-controllers, which kubespray deploys only with
 * `enable_network_policy` (kubespray v2.31.0 roles/kubernetes-apps/policy_controller/meta/main.yml:4).
 */
export function targetsOf({ calico, felix, monitoring }: Cluster): Target[] {
  const controllers = monitoring.kind === 'none' ? 0 : monitoring.kubeControllersPort;
  return [
    ...(felix.metrics.enabled ? [target('calico-node', felix.metrics.port, true)] : []),
    // kubespray's own Service of Typha has the label that its pods have, and a port of metrics too.
    ...(calico.typha?.metrics.enabled === true
      ? [{ ...target('calico-typha', calico.typha.metrics.port), labels: { 'k8s-app': 'calico-typha-metrics' } }]
      : []),
    ...(calico.networkPolicy && controllers !== 0 ? [target('calico-kube-controllers', controllers)] : []),
  ];
}

function target(name: string, port: number, node = false): Target {
  const selector = { 'k8s-app': name };
  return { name, service: `${name}-metrics`, labels: selector, selector, port, node };
}
