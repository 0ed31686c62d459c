import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { GlobalPolicySpec } from './policy-spec.ts';

export interface GlobalNetworkPolicyArgs {
  /** Its name. Another name is another object: the new one is made before the old one goes. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** What it selects, and what it lets through. */
  readonly spec: Input<GlobalPolicySpec>;
}

/** A policy over every namespace. Served only with the Calico API server (`calico_apiserver_enabled`). */
export class GlobalNetworkPolicy extends CustomResource {
  constructor(name: string, args: GlobalNetworkPolicyArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', ...args }, opts);
  }
}
