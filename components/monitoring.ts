import { ConfigMap } from '@pulumi/kubernetes/core/v1/configMap.js';
import { Service } from '@pulumi/kubernetes/core/v1/service.js';
import * as pulumi from '@pulumi/pulumi';
import { type Cluster, dashboardObject, dashboardText, metricsObjects } from '../cluster/index.ts';
import {
  PrometheusRule,
  type PrometheusRuleArgs,
  ServiceMonitor,
  type ServiceMonitorArgs,
} from '../resources/index.ts';

export interface MonitoringArgs {
  readonly cluster: Cluster;
  /** Opens when the API serves `monitoring.coreos.com/v1`. */
  readonly after: pulumi.Resource;
}

/**
 * Calico's metrics made findable, and watched: kubespray's calico-node has a metrics port and no Service, so a ServiceMonitor alone would
 * select nothing (kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:28). The provider is inherited from the parent.
 */
export class Monitoring extends pulumi.ComponentResource {
  /** What was declared: `ServiceMonitor kube-system/calico-node`. */
  readonly names: readonly string[];

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    // The type that stacks have it under, from when there was Felix alone: another would be made anew.
    super('calispray:monitoring:FelixMetrics', name, {}, opts);
    const options = { parent: this, dependsOn: args.after };
    const objects = metricsObjects(args.cluster);
    for (const { kind, metadata, spec } of objects) {
      const own = nameOf(name, kind, metadata.name);
      // The data are made and tested as what these classes take; the objects rules judge them again in the preview.
      if (kind === 'Service') new Service(own, { metadata, spec }, options);
      else if (kind === 'ServiceMonitor')
        new ServiceMonitor(own, { metadata, spec: spec as unknown as ServiceMonitorArgs['spec'] }, options);
      else new PrometheusRule(own, { metadata, spec: spec as unknown as PrometheusRuleArgs['spec'] }, options);
    }
    const dashboard = dashboardObject(args.cluster);
    if (dashboard !== undefined) {
      const { metadata, file } = dashboard;
      const data = pulumi.output(dashboardText(args.cluster)).apply((text) => ({ [file]: text }));
      new ConfigMap(`${name}-dashboard`, { metadata, data }, options);
    }
    const all = [...objects, ...(dashboard === undefined ? [] : [dashboard])];
    this.names = all.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
    this.registerOutputs({ names: this.names });
  }
}

/** Those of Felix have the names of when they were the only ones. */
function nameOf(parent: string, kind: string, object: string): string {
  if (object === 'calico-node-metrics') return `${parent}-service`;
  if (object === 'calico-node') return `${parent}-monitor`;
  return `${parent}-${object}${kind === 'PrometheusRule' ? '-rule' : ''}`;
}
