import type { Labels } from './policies.ts';

/** Who must reach whom, or must not: judged in every preview, against the policies that the stack declares. */
export interface Expectation {
  readonly verdict: 'allow' | 'deny';
  readonly from: ExpectedEnd;
  readonly to: ExpectedEnd;
  /** Every port of TCP, UDP and SCTP where none is named. */
  readonly ports: readonly ExpectedPorts[];
  /** Where it stands in the stack file: `expect[0]`. */
  readonly path: string;
}

/**
 * One end of an expectation. Pods are those of the world that match, and one that is made up with just these labels: what the stack
 * promises holds for the pod that somebody starts tomorrow, too.
 */
export type ExpectedEnd =
  | ExpectedPods
  /** Addresses outside of the cluster, as one net: `203.0.113.0/24`. */
  | { readonly kind: 'addresses'; readonly net: string }
  /** Addresses that no pool, node, Service or net of a rule contains. */
  | { readonly kind: 'internet' }
  /** As a source: the node that the pod runs on, whose probes Calico never polices; as a destination: the same, where Felix' setting decides. */
  | { readonly kind: 'own-node' }
  /** Every node that the pod does not run on, by its own address and, with an encapsulation, by that of its tunnel. */
  | { readonly kind: 'other-nodes' }
  /** As a destination: the cluster's DNS, CoreDNS and the node-local cache where kubespray runs it. */
  | { readonly kind: 'dns' }
  /** Pods of any namespace, nodes and the outside. */
  | { readonly kind: 'anyone' }
  /** As a source of `deny`: anyone, but for what an `allow` of the same stack lets through. */
  | { readonly kind: 'others' };

export interface ExpectedPods {
  readonly kind: 'pods';
  /** Absent: of any namespace that `namespaces` selects; where that is absent too, of any. */
  readonly namespace?: string;
  /** Labels of their namespaces, all of them. */
  readonly namespaces?: Labels;
  /** Labels of the pods, all of them. Absent: any pod. */
  readonly pods?: Labels;
  readonly serviceAccount?: string;
}

/** Both numbers are part of it. ICMP has none. */
export type ExpectedPorts =
  | { readonly proto: 'tcp' | 'udp' | 'sctp'; readonly first: number; readonly last: number }
  | { readonly proto: 'icmp' };
