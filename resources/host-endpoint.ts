import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { List } from './inputs.ts';
import type { Protocol } from './rule.ts';

export interface HostEndpointSpec {
  /** Name of the node, as Calico has it; must be said. */
  readonly node?: Input<string>;
  /** Interface of that node, or `*` for all of them, forwarded traffic included. This or `expectedIPs` must be said. */
  readonly interfaceName?: Input<string>;
  /** Addresses of the interface: it is found by them where `interfaceName` is absent, and selectors in rules match these. Default of Calico: none. */
  readonly expectedIPs?: List<string>;
  /** Profiles asked after every policy. Default of Calico: none, so that what no policy allows is refused, failsafe ports apart. */
  readonly profiles?: List<string>;
  /** Ports of the host that rules may name. Default of Calico: none. */
  readonly ports?: List<HostEndpointPort>;
}

export interface HostEndpointPort {
  /** Name that rules use. */
  readonly name: Input<string>;
  /** TCP, UDP or SCTP. */
  readonly protocol: Input<Protocol>;
  /** Number, 1 to 65535. */
  readonly port: Input<number>;
}

export interface HostEndpointArgs {
  /** Its name, and the labels that policies select it by. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** Which interface it is. */
  readonly spec: Input<HostEndpointSpec>;
}

/** An interface of a node that policies apply to. From the moment it is there, what no policy allows is refused on it, but for Felix' failsafe ports: declare the policies first. */
export class HostEndpoint extends CustomResource {
  constructor(name: string, args: HostEndpointArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'HostEndpoint', ...args }, opts);
  }
}
