import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';

export interface TierSpec {
  /** Lower is asked first. Default of Calico: after every tier that has one. The built-in `default` has 1,000,000 and keeps it. */
  readonly order?: Input<number>;
  /** What becomes of a connection that policies of the tier select and no rule matches. Default of Calico: Deny. */
  readonly defaultAction?: Input<'Pass' | 'Deny'>;
}

export interface TierArgs {
  /** Its name, at most 63 lower-case letters, digits and '-'. Policies refer to it. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** When it is asked, and how it ends. */
  readonly spec: Input<TierSpec>;
}

/** A group of policies that is asked as one, before or after others. It can go only when no policy lies in it. */
export class Tier extends CustomResource {
  constructor(name: string, args: TierArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'Tier', ...args }, opts);
  }
}
