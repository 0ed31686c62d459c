import type { Input } from '@pulumi/pulumi';
import type { List, Texts } from './inputs.ts';

/** What a NetworkPolicy of Kubernetes says, as its staged kind has it. */
export interface KubernetesPolicySpec {
  /** Pods of the namespace it selects; `{}` is every one. Default of Calico: every one. */
  readonly podSelector?: Input<LabelSelector>;
  /** Directions it speaks about; what it selects and does not allow in these is refused. Default: Ingress, and Egress where it has egress rules. */
  readonly policyTypes?: List<'Ingress' | 'Egress'>;
  /** Connections to what it selects that are let through. Default: none. */
  readonly ingress?: List<KubernetesIngressRule>;
  /** Connections from what it selects that are let through. Default: none. */
  readonly egress?: List<KubernetesEgressRule>;
}

export interface KubernetesIngressRule {
  /** Any of these sources. Default: any source. */
  readonly from?: List<KubernetesPeer>;
  /** Any of these ports. Default: any port. */
  readonly ports?: List<KubernetesPort>;
}

export interface KubernetesEgressRule {
  /** Any of these destinations. Default: any destination. */
  readonly to?: List<KubernetesPeer>;
  /** Any of these ports. Default: any port. */
  readonly ports?: List<KubernetesPort>;
}

/** Pods by labels, or addresses: `ipBlock` stands alone. */
export interface KubernetesPeer {
  /** Pods by their labels; without `namespaceSelector` those of the policy's own namespace. Default: every pod of the namespaces. */
  readonly podSelector?: Input<LabelSelector>;
  /** Namespaces by their labels; `{}` is every one. Default: the policy's own. */
  readonly namespaceSelector?: Input<LabelSelector>;
  /** Addresses instead of pods; Calico matches pods by them too. Default: none. */
  readonly ipBlock?: Input<IpBlock>;
}

export interface IpBlock {
  /** `203.0.113.0/24`, of either family. */
  readonly cidr: Input<string>;
  /** CIDRs within it that are left out. Default: none. */
  readonly except?: List<string>;
}

export interface KubernetesPort {
  /** Default: TCP. */
  readonly protocol?: Input<'TCP' | 'UDP' | 'SCTP'>;
  /** Number or name of a container's port. Default: every port of the protocol. */
  readonly port?: Input<number | string>;
  /** Last port of a range that begins at `port`, which then is a number. Default: that port alone. */
  readonly endPort?: Input<number>;
}

/** Labels that must be there; `{}` matches everything. */
export interface LabelSelector {
  /** Labels with these very values, all of them. Default: none is asked for. */
  readonly matchLabels?: Texts;
  /** Conditions, all of them. Default: none. */
  readonly matchExpressions?: List<LabelCondition>;
}

export interface LabelCondition {
  /** Name of the label. */
  readonly key: Input<string>;
  /** How it is asked for; the last two are about whether it is there at all. */
  readonly operator: Input<'In' | 'NotIn' | 'Exists' | 'DoesNotExist'>;
  /** Values, for In and NotIn. Default: none. */
  readonly values?: List<string>;
}
