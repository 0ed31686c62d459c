import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { TlsConfig } from './http-client.ts';
import type { List } from './inputs.ts';
import type { Endpoint, MonitorSpec } from './scrape.ts';

export interface PodMonitorSpec extends MonitorSpec {
  /** Ports of the pods. Default: none, which scrapes nothing. */
  readonly podMetricsEndpoints?: List<PodMetricsEndpoint>;
}

export interface PodMetricsEndpoint extends Endpoint<TlsConfig> {
  /** Number of the container's port, 1 to 65535, where it has no name. Default: `port`. */
  readonly portNumber?: Input<number>;
}

export interface PodMonitorArgs {
  /** Name, namespace, and the labels by which a Prometheus finds it: one that its selector does not match is passed over in silence. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** Which pods, and how they are asked. */
  readonly spec: Input<PodMonitorSpec>;
}

/** What Prometheus scrapes, found by the labels of pods, without a Service. Served where the Prometheus operator's CRDs are. */
export class PodMonitor extends CustomResource {
  constructor(name: string, args: PodMonitorArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', ...args }, opts);
  }
}
