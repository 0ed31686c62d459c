import type { Input } from '@pulumi/pulumi';
import type { List } from './inputs.ts';
import type { PolicyRule } from './rule.ts';

/** What every policy of Calico's says. */
export interface PolicySpec {
  /**
   * The tier it lies in. Default of Calico: `default`. Fixed by the API server of Calico. A tier that does not exist is accepted, and the
   * policy then comes after every other.
   */
  readonly tier?: Input<string>;
  /** Lower comes first within its tier. Default of Calico: after every policy that has one. Kubernetes' own policies have 1000 in `default`. */
  readonly order?: Input<number>;
  /** Endpoints it selects by their labels. Default of Calico: `all()`, and in a global policy host endpoints too. */
  readonly selector?: Input<string>;
  /** Pods by the labels of their service accounts; both this and `selector` must match. Default of Calico: any. */
  readonly serviceAccountSelector?: Input<string>;
  /** Directions it speaks about; what it selects and does not allow in these is refused. Never left to Calico's guess here. */
  readonly types: List<'Ingress' | 'Egress'>;
  /** Rules for connections to what it selects. Default of Calico: none, so that with the type Ingress nothing gets in. */
  readonly ingress?: List<PolicyRule>;
  /** Rules for connections from what it selects. Default of Calico: none, so that with the type Egress nothing gets out. */
  readonly egress?: List<PolicyRule>;
  /** Have every node work it out beforehand: the first pod it selects starts faster, every node needs more memory. Default of Calico: none. */
  readonly performanceHints?: List<'AssumeNeededOnEveryNode'>;
}

/** What a policy over every namespace says beside that. */
export interface GlobalPolicySpec extends PolicySpec {
  /** Namespaces whose pods it selects; with it, host endpoints are left out. Default of Calico: any, and host endpoints. */
  readonly namespaceSelector?: Input<string>;
  /** On host endpoints, judge what they forward as well, pods' traffic among it. Default of Calico: false, what the host itself sends and gets. */
  readonly applyOnForward?: Input<boolean>;
  /** On host endpoints, judge before connection tracking: both directions need rules. Needs `applyOnForward`. Default of Calico: false. */
  readonly doNotTrack?: Input<boolean>;
  /** On host endpoints, judge before the addresses of Services are translated: ingress alone. Needs `applyOnForward`. Default of Calico: false. */
  readonly preDNAT?: Input<boolean>;
}

/** What a staged policy says beside what it would enforce. */
export interface Staged {
  /**
   * What would be staged: `Set` this policy, or `Delete` the enforced one of its name, which Calico takes of the Kubernetes kind alone, and
   * with nothing else said. `Learn` and `Ignore` are for Calico's own tools. Default of Calico: Set.
   */
  readonly stagedAction?: Input<'Set' | 'Delete' | 'Learn' | 'Ignore'>;
}
