import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { NetworkSetSpec } from './network-set-spec.ts';

export interface NetworkSetArgs {
  /** Name, and the labels that rules select it by. Another name or namespace is another object. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** The addresses. */
  readonly spec: Input<NetworkSetSpec>;
}

/** Addresses that rules select by the labels of this object, as if it were a pod of its namespace. */
export class NetworkSet extends CustomResource {
  constructor(name: string, args: NetworkSetArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'NetworkSet', ...args }, opts);
  }
}
