/** What is asked and what is answered. The world that answers is `world/world.ts`. */

export type Direction = 'egress' | 'ingress';

export type RuleAction = 'allow' | 'deny' | 'pass' | 'log';

/**
 * One connection. `src` and `dst` are `namespace/pod`, an address, `node/NAME`, or, as a destination, `service/NAMESPACE/NAME` or a
 * service's own address, which stand for what is behind it.
 */
export interface Query {
  readonly src: string;
  readonly dst: string;
  /** `tcp`, `udp`, `sctp`, `icmp`, `icmpv6`, `udplite` in any case, or a number from 1 to 255. Default tcp. */
  readonly proto?: string | number;
  /** At the destination, 1 to 65535; none for ICMP. Left out, rules that look at it answer `depends`. */
  readonly port?: number;
  /** Left out, rules that look at it answer `depends`. */
  readonly srcPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
}

/** What decided, or was passed by on the way to what did. */
export interface Step {
  readonly tier: string;
  /** `NetworkPolicy` and `GlobalNetworkPolicy` are Calico's; Kubernetes' own is `KubernetesNetworkPolicy`. */
  readonly kind: string;
  /** `namespace/name`, or the name of what has no namespace. */
  readonly policy: string;
  /**
   * Place of the rule in its direction, from 0; -1 is the end of the tier. Of a Kubernetes policy it counts the rules that Calico makes
   * of it: one for each protocol and peer.
   */
  readonly index: number;
  readonly action: Exclude<RuleAction, 'log'>;
}

/** `unpoliced`: this side is no endpoint of Calico's, or the way is one that Calico never polices. */
export type SideVerdict = 'allow' | 'deny' | 'depends' | 'unpoliced';

export interface Side {
  readonly verdict: SideVerdict;
  /** The last one decided; those before it passed on to the next tier. Empty where nothing polices this side. */
  readonly trace: readonly Step[];
  /** With `depends`: on what, e.g. `HTTP GET /metrics of default-tier policy x`. */
  readonly on?: readonly string[];
  /** With `unpoliced`: why, where it is not plain that it is no endpoint. */
  readonly why?: string;
}

export interface Verdict {
  readonly verdict: 'allow' | 'deny' | 'depends';
  /** What the source's policies say. */
  readonly egress: Side;
  /** What the destination's policies say. */
  readonly ingress: Side;
  /** Host endpoints on the way, in order; absent where none says anything. Any of them may deny what both halves allow. */
  readonly way?: readonly Passage[];
  /**
   * Of a service: each endpoint that may answer, after the translation of addresses. Where they do not all say the same the verdict
   * depends on who answers, and the two halves are those of the first that is denied.
   */
  readonly behind?: readonly Behind[];
}

/** What a host endpoint says of a packet that passes through its host. */
export interface Passage {
  /** `hostendpoint/NAME`. */
  readonly endpoint: string;
  /** Into the host, or out of it. */
  readonly direction: Direction;
  readonly side: Side;
}

export interface Behind {
  /** `namespace/pod`, or an address that is none's. */
  readonly dst: string;
  readonly port: number;
  readonly verdict: Verdict['verdict'];
}

/** `tier=default kind=NetworkPolicy policy=n2/web idx=0 action=allow`: a step on one line. */
export function stepText({ tier, kind, policy, index, action }: Step): string {
  return `tier=${tier} kind=${kind} policy=${policy} idx=${index} action=${action}`;
}
