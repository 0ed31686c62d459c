import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { PolicySpec } from './policy-spec.ts';

export interface NetworkPolicyArgs {
  /** Name and namespace. Another name or namespace is another object: the new one is made before the old one goes. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** What it selects in its namespace, and what it lets through. */
  readonly spec: Input<PolicySpec>;
}

/** A policy of Calico over the pods of one namespace: selectors, tiers, orders and Deny, which Kubernetes' own has not. Served only with the Calico API server. */
export class NetworkPolicy extends CustomResource {
  constructor(name: string, args: NetworkPolicyArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'NetworkPolicy', ...args }, opts);
  }
}
