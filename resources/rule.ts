import type { Input } from '@pulumi/pulumi';
import type { List, Texts } from './inputs.ts';

/** A protocol by its name, in this very writing, or by its number, 1 to 255. */
export type Protocol = 'TCP' | 'UDP' | 'ICMP' | 'ICMPv6' | 'SCTP' | 'UDPLite' | number;

/** One rule of a policy: what all of its fields match gets the action. Rules are asked in order, the first that matches decides. */
export interface PolicyRule {
  /**
   * `Allow` and `Deny` decide the connection; `Pass` leaves the rest of this tier out and goes on with the next; `Log` writes a line to the
   * kernel's log and goes on with the next rule.
   */
  readonly action: Input<'Allow' | 'Deny' | 'Log' | 'Pass'>;
  /** Packets of that family alone. Default of Calico: both; CIDRs in the rule narrow it to theirs. */
  readonly ipVersion?: Input<4 | 6>;
  /** Default of Calico: any protocol. Numbers of ports need one that has ports. */
  readonly protocol?: Input<Protocol>;
  /** Every protocol but this one. Default of Calico: none is left out. */
  readonly notProtocol?: Input<Protocol>;
  /** ICMP messages; needs `protocol` ICMP or ICMPv6. Default of Calico: every one. */
  readonly icmp?: Input<Icmp>;
  /** ICMP messages that are left out. Default of Calico: none. */
  readonly notICMP?: Input<Icmp>;
  /** Where the connection comes from. Default of Calico: anywhere. */
  readonly source?: Input<EntityRule>;
  /** Where it goes to, after the address of a Service was translated. Default of Calico: anywhere. */
  readonly destination?: Input<EntityRule>;
  /**
   * Requests that match; in ingress rules that allow TCP alone. Without Calico's application layer policy the rule lets nothing through.
   * Default of Calico: any connection.
   */
  readonly http?: Input<HttpMatch>;
  /** Notes on the rule, which Calico carries along and never looks at. Default of Calico: none. */
  readonly metadata?: Input<RuleMetadata>;
}

/** One side of a rule: all the fields given must match. */
export interface EntityRule {
  /**
   * CIDRs, of one family in the whole rule. The API takes anything here (`192.168.4.0/33`, `lan`), and Calico then drops the whole policy.
   * Default of Calico: any address.
   */
  readonly nets?: List<string>;
  /** CIDRs that are left out; not all addresses. Default of Calico: none. */
  readonly notNets?: List<string>;
  /**
   * Calico selector over labels of pods, host endpoints and network sets: `app == 'web'`. In a namespaced policy without
   * `namespaceSelector` of its own namespace alone. Default of Calico: no condition, addresses outside of the cluster included.
   */
  readonly selector?: Input<string>;
  /** Selector over what is left out. In a global policy alone on its side it matches every address that it does not leave out. Default of Calico: none. */
  readonly notSelector?: Input<string>;
  /** Selector over labels of namespaces; `global()`, alone, is what is in none. Addresses outside never match. Default of Calico: see `selector`. */
  readonly namespaceSelector?: Input<string>;
  /** Pods of these service accounts alone. Default of Calico: of any. */
  readonly serviceAccounts?: Input<ServiceAccountMatch>;
  /** The endpoints behind a Service; beside no selector and no CIDR. In egress rules a destination, in ingress rules a source. Default of Calico: none. */
  readonly services?: Input<ServiceMatch>;
  /** Numbers 1 to 65535, ranges `low:high`, or names of container ports; numbers need `protocol` on the rule. Default of Calico: any. */
  readonly ports?: List<number | string>;
  /** Ports that are left out, written in the same way. Default of Calico: none. */
  readonly notPorts?: List<number | string>;
}

/** Which service accounts; both fields must match where both are given. */
export interface ServiceAccountMatch {
  /** Any of these names. Default of Calico: any name. */
  readonly names?: List<string>;
  /** Calico selector over labels of the service accounts. Default of Calico: any label. */
  readonly selector?: Input<string>;
}

/** A Service of Kubernetes, by the addresses and ports of its EndpointSlices; its own address never matters. */
export interface ServiceMatch {
  /** Name of the Service; must be said. */
  readonly name?: Input<string>;
  /** Its namespace. Default of Calico: that of the policy; a global policy must say it. */
  readonly namespace?: Input<string>;
}

/** Which ICMP messages. */
export interface Icmp {
  /** Type, 0 to 254: 8 is an echo request. Default of Calico: any. */
  readonly type?: Input<number>;
  /** Code, 0 to 255; needs a `type`. Default of Calico: any. */
  readonly code?: Input<number>;
}

/** Which HTTP requests; both fields must match where both are given. */
export interface HttpMatch {
  /** Any of these methods, `GET`; 20 at most. Default of Calico: any. */
  readonly methods?: List<string>;
  /** Any of these paths; 20 at most. Default of Calico: any. */
  readonly paths?: List<HttpPath>;
}

/** One of the two fields. */
export interface HttpPath {
  /** The whole path, `/healthz`: without a query, at most 1024 characters. Default of Calico: none. */
  readonly exact?: Input<string>;
  /** What the path begins with, `/api/`. Default of Calico: none. */
  readonly prefix?: Input<string>;
}

export interface RuleMetadata {
  /** Keys as those of annotations of Kubernetes. Default of Calico: none. */
  readonly annotations?: Texts;
}
