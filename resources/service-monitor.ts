import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type * as pulumi from '@pulumi/pulumi';

export interface ServiceMonitorEndpoint {
  /** Name of the Service's port, not its number. */
  readonly port: pulumi.Input<string>;
  /** Prometheus duration, e.g. `30s`. Default: Prometheus' own. */
  readonly interval?: pulumi.Input<string>;
  /** Default `/metrics`. */
  readonly path?: pulumi.Input<string>;
  readonly scheme?: pulumi.Input<'http' | 'https'>;
}

export interface ServiceMonitorSpec {
  /** Labels of the Service (not of the pods). One that matches no Service is accepted and scrapes nothing. */
  readonly selector: pulumi.Input<types.input.meta.v1.LabelSelector>;
  readonly namespaceSelector?: pulumi.Input<{ readonly matchNames?: pulumi.Input<pulumi.Input<string>[]> }>;
  readonly endpoints: pulumi.Input<pulumi.Input<ServiceMonitorEndpoint>[]>;
}

export interface ServiceMonitorArgs {
  readonly metadata: pulumi.Input<types.input.meta.v1.ObjectMeta>;
  readonly spec: pulumi.Input<ServiceMonitorSpec>;
}

/** What Prometheus scrapes, found by the labels of a Service. Served where the Prometheus operator's CRDs are. */
export class ServiceMonitor extends CustomResource {
  constructor(name: string, args: ServiceMonitorArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', ...args }, opts);
  }
}
