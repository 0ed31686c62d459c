import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { GlobalPolicySpec, Staged } from './policy-spec.ts';

export interface StagedGlobalPolicySpec extends GlobalPolicySpec, Staged {}

export interface StagedGlobalNetworkPolicyArgs {
  /** Its name. Another name is another object: the new one is made before the old one goes. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** As that of the policy it would be. */
  readonly spec: Input<StagedGlobalPolicySpec>;
}

/** A GlobalNetworkPolicy that is only tried: Calico shows in its flow logs what it would do, and enforces nothing of it. */
export class StagedGlobalNetworkPolicy extends CustomResource {
  constructor(name: string, args: StagedGlobalNetworkPolicyArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'StagedGlobalNetworkPolicy', ...args }, opts);
  }
}
