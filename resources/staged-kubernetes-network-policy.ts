import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { KubernetesPolicySpec } from './kubernetes-policy.ts';
import type { Staged } from './policy-spec.ts';

export interface StagedKubernetesPolicySpec extends KubernetesPolicySpec, Staged {}

export interface StagedKubernetesNetworkPolicyArgs {
  /** Name and namespace. Another name or namespace is another object: the new one is made before the old one goes. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** As that of the policy it would be. */
  readonly spec: Input<StagedKubernetesPolicySpec>;
}

/** A NetworkPolicy of Kubernetes that is only tried: Calico shows in its flow logs what it would do, and enforces nothing of it. */
export class StagedKubernetesNetworkPolicy extends CustomResource {
  constructor(name: string, args: StagedKubernetesNetworkPolicyArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'StagedKubernetesNetworkPolicy', ...args }, opts);
  }
}
