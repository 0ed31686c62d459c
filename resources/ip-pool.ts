import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { List } from './inputs.ts';

export interface IPPoolSpec {
  /** Range that pods get addresses from; apart from every other pool. Fixed: the API refuses another value. */
  readonly cidr: Input<string>;
  /** Prefix length of one block, 20 to 32, of IPv6 116 to 128. Default of Calico 26 and 122. Fixed. Other numbers (12) are accepted, and no pod gets an address. */
  readonly blockSize?: Input<number>;
  /** IP-in-IP between nodes, IPv4 alone; never beside `vxlanMode`. Default of Calico: Never. Changing it breaks connections between nodes for a moment. */
  readonly ipipMode?: Input<'Always' | 'CrossSubnet' | 'Never'>;
  /** VXLAN between nodes. Default of Calico: Never. Changing it breaks connections between nodes for a moment. */
  readonly vxlanMode?: Input<'Always' | 'CrossSubnet' | 'Never'>;
  /** Whether pods leave the pools with the address of their node. Default of Calico: false. Changing it breaks what they have open to the outside. */
  readonly natOutgoing?: Input<boolean>;
  /** Calico selector of the nodes that take blocks from it. Default of Calico: `all()`. Blocks that a node has stay with it. */
  readonly nodeSelector?: Input<string>;
  /** Calico selector of the namespaces whose pods get addresses from it. Default of Calico: any namespace. */
  readonly namespaceSelector?: Input<string>;
  /** Whether new pods get no address from it; those that have one keep it. Default of Calico: false. */
  readonly disabled?: Input<boolean>;
  /** Whether its routes stay out of BGP: pods are then not reached from beyond the nodes. Default of Calico: false. */
  readonly disableBGPExport?: Input<boolean>;
  /** Whom addresses are for; LoadBalancer stands alone. Default of Calico: Workload and Tunnel. */
  readonly allowedUses?: List<'Workload' | 'Tunnel' | 'LoadBalancer'>;
  /** Whether any pod gets addresses from it, or only what names it (`Manual`). Default of Calico: Automatic. */
  readonly assignmentMode?: Input<'Automatic' | 'Manual'>;
  /** @deprecated Of the API before v3: `ipipMode` says the same. Default of Calico: none. */
  readonly ipip?: Input<IpipBeforeV3>;
  /** @deprecated Of the API before v3: `natOutgoing` says the same. Default of Calico: false. */
  readonly 'nat-outgoing'?: Input<boolean>;
}

export interface IpipBeforeV3 {
  /** Whether packets between nodes are encapsulated. Default of Calico: false. */
  readonly enabled?: Input<boolean>;
  /** `always` or `cross-subnet`. Default of Calico: always. */
  readonly mode?: Input<string>;
}

export interface IPPoolArgs {
  /** Its name. Another name is another object, and two pools may not overlap: the old one has to go first. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** The range, and how it is used. */
  readonly spec: Input<IPPoolSpec>;
}

/** A range of addresses for pods. Served only with the Calico API server (`calico_apiserver_enabled`). */
export class IPPool extends CustomResource {
  constructor(name: string, args: IPPoolArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', ...args }, opts);
  }
}
