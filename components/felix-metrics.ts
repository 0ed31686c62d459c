import { Service } from '@pulumi/kubernetes/core/v1/service.js';
import * as pulumi from '@pulumi/pulumi';
import { type Cluster, metricsObjects } from '../cluster/index.ts';
import { ServiceMonitor, type ServiceMonitorArgs } from '../resources/index.ts';

export interface FelixMetricsArgs {
  readonly cluster: Cluster;
  /** Opens when the API serves `monitoring.coreos.com/v1`. */
  readonly after: pulumi.Resource;
}

/**
 * Felix's metrics made findable: kubespray's calico-node has a metrics port and no Service, so a ServiceMonitor alone
 * would select nothing (kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:28).
 */
export class FelixMetrics extends pulumi.ComponentResource {
  constructor(name: string, args: FelixMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('calispray:monitoring:FelixMetrics', name, {}, opts);
    const options = { parent: this, dependsOn: args.after };
    for (const object of metricsObjects(args.cluster)) {
      const { metadata, spec } = object;
      if (object.kind === 'Service') new Service(`${name}-service`, { metadata, spec }, options);
      else
        new ServiceMonitor(
          `${name}-monitor`,
          { metadata, spec: spec as unknown as ServiceMonitorArgs['spec'] },
          options,
        );
    }
    this.registerOutputs();
  }
}
