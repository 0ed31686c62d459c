import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type * as pulumi from '@pulumi/pulumi';

/** One side of a rule: all the fields given must match. */
export interface EntityRule {
  /** CIDRs or addresses. The API takes anything here (`192.168.4.0/33`, `lan`), Calico then ignores it. */
  readonly nets?: pulumi.Input<pulumi.Input<string>[]>;
  readonly notNets?: pulumi.Input<pulumi.Input<string>[]>;
  /** Calico selector over endpoint labels, e.g. `app == 'web'`. */
  readonly selector?: pulumi.Input<string>;
  readonly namespaceSelector?: pulumi.Input<string>;
  /** Numbers, `low:high`, or names; needs `protocol` on the rule. */
  readonly ports?: pulumi.Input<pulumi.Input<number | string>[]>;
  readonly notPorts?: pulumi.Input<pulumi.Input<number | string>[]>;
}

export interface PolicyRule {
  readonly action: pulumi.Input<'Allow' | 'Deny' | 'Log' | 'Pass'>;
  readonly protocol?: pulumi.Input<'TCP' | 'UDP' | 'ICMP' | 'ICMPv6' | 'SCTP' | 'UDPLite' | number>;
  readonly source?: pulumi.Input<EntityRule>;
  readonly destination?: pulumi.Input<EntityRule>;
}

export interface GlobalNetworkPolicySpec {
  /** Lower comes first within its tier. Default of Calico: after every policy that has one. */
  readonly order?: pulumi.Input<number>;
  /** Endpoints it selects. Default of Calico: `all()`, host endpoints included. */
  readonly selector?: pulumi.Input<string>;
  /** Namespaces whose pods it selects; with it, host endpoints are left out. */
  readonly namespaceSelector?: pulumi.Input<string>;
  /** Directions it speaks about; what it selects and does not allow in these is refused. Never left to Calico's guess here. */
  readonly types: pulumi.Input<pulumi.Input<'Ingress' | 'Egress'>[]>;
  readonly ingress?: pulumi.Input<pulumi.Input<PolicyRule>[]>;
  readonly egress?: pulumi.Input<pulumi.Input<PolicyRule>[]>;
}

export interface GlobalNetworkPolicyArgs {
  readonly metadata: pulumi.Input<types.input.meta.v1.ObjectMeta>;
  readonly spec: pulumi.Input<GlobalNetworkPolicySpec>;
}

/** A policy over every namespace, in the default tier. Served only with the Calico API server (`calico_apiserver_enabled`). */
export class GlobalNetworkPolicy extends CustomResource {
  constructor(name: string, args: GlobalNetworkPolicyArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', ...args }, opts);
  }
}
