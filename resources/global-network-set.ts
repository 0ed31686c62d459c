import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { NetworkSetSpec } from './network-set-spec.ts';

export interface GlobalNetworkSetArgs {
  /** Name, and the labels that rules select it by. Another name is another object. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** The addresses. */
  readonly spec: Input<NetworkSetSpec>;
}

/** Addresses that rules of every namespace select by the labels of this object. */
export class GlobalNetworkSet extends CustomResource {
  constructor(name: string, args: GlobalNetworkSetArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkSet', ...args }, opts);
  }
}
