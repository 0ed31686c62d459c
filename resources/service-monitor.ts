import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { TlsConfigWithFiles } from './http-client.ts';
import type { List } from './inputs.ts';
import type { Endpoint, MonitorSpec } from './scrape.ts';

export interface ServiceMonitorSpec extends MonitorSpec {
  /** Ports of the Services. An empty list scrapes nothing. */
  readonly endpoints: List<ServiceMonitorEndpoint>;
  /** Labels of the Services that the series get. Default: none. */
  readonly targetLabels?: List<string>;
}

export interface ServiceMonitorEndpoint extends Endpoint<TlsConfigWithFiles> {
  /** @deprecated `authorization` says the same without a file. A token in a file of Prometheus' own pod. Default: none. */
  readonly bearerTokenFile?: Input<string>;
}

export interface ServiceMonitorArgs {
  /** Name, namespace, and the labels by which a Prometheus finds it: one that its selector does not match is passed over in silence. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** Which Services, and how they are asked. */
  readonly spec: Input<ServiceMonitorSpec>;
}

/** What Prometheus scrapes, found by the labels of a Service, not of pods. Served where the Prometheus operator's CRDs are. */
export class ServiceMonitor extends CustomResource {
  constructor(name: string, args: ServiceMonitorArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', ...args }, opts);
  }
}
