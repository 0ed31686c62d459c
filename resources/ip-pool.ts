import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type * as pulumi from '@pulumi/pulumi';

export interface IPPoolSpec {
  /** Range that pods get addresses from; apart from every other pool. Fixed: the API refuses another value. */
  readonly cidr: pulumi.Input<string>;
  /** Prefix length of one block, 20 to 32, of IPv6 116 to 128. Default of Calico 26 and 122. Fixed. */
  readonly blockSize?: pulumi.Input<number>;
  /** IP-in-IP between nodes, IPv4 alone; never beside `vxlanMode`. Default of Calico: Never. */
  readonly ipipMode?: pulumi.Input<'Always' | 'CrossSubnet' | 'Never'>;
  /** VXLAN between nodes. Default of Calico: Never. */
  readonly vxlanMode?: pulumi.Input<'Always' | 'CrossSubnet' | 'Never'>;
  /** Whether pods leave the pools with the address of their node. Default of Calico: false. */
  readonly natOutgoing?: pulumi.Input<boolean>;
  /** Calico selector of the nodes that take blocks from it. Default of Calico: `all()`. */
  readonly nodeSelector?: pulumi.Input<string>;
  /** Whether new pods get no address from it; those that have one keep it. Default of Calico: false. */
  readonly disabled?: pulumi.Input<boolean>;
}

export interface IPPoolArgs {
  readonly metadata: pulumi.Input<types.input.meta.v1.ObjectMeta>;
  readonly spec: pulumi.Input<IPPoolSpec>;
}

/** A range of addresses for pods. Served only with the Calico API server (`calico_apiserver_enabled`). */
export class IPPool extends CustomResource {
  constructor(name: string, args: IPPoolArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', ...args }, opts);
  }
}
