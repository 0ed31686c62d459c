import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { PolicySpec, Staged } from './policy-spec.ts';

export interface StagedPolicySpec extends PolicySpec, Staged {}

export interface StagedNetworkPolicyArgs {
  /** Name and namespace. Another name or namespace is another object: the new one is made before the old one goes. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** As that of the policy it would be. */
  readonly spec: Input<StagedPolicySpec>;
}

/** A NetworkPolicy of Calico's that is only tried: Calico shows in its flow logs what it would do, and enforces nothing of it. */
export class StagedNetworkPolicy extends CustomResource {
  constructor(name: string, args: StagedNetworkPolicyArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'StagedNetworkPolicy', ...args }, opts);
  }
}
