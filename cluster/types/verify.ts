/** What is proved of a cluster once it is carried out. */

/** Checks by what they are about. A check's name begins with one of them: `pods-across-nodes/masternode+homelab`. */
export const checkGroups = [
  'nodes-ready',
  'components-ready',
  'versions',
  'pool-as-declared',
  'bgp-sessions',
  'routes',
  'pods-same-node',
  'pods-across-nodes',
  'dns-udp',
  'dns-tcp',
  'service',
  'outside',
  'outside-address',
  'policy-enforced',
] as const;

export type CheckGroup = (typeof checkGroups)[number];

export interface Verify {
  /** `change`: in every `up` that changed the cluster, its pools or its policies. */
  readonly after: 'change' | 'never';
  /** Of the pods that it makes. Absent: the pause image that the release of kubespray has on every node. */
  readonly image?: string;
  /** Addresses outside of the cluster that pods must reach. */
  readonly outside: readonly OutsideAddress[];
  /** Checks whose failure is told and fails no `up`. */
  readonly optional: readonly CheckChoice[];
  /** The longest that all of it may take. */
  readonly seconds: number;
}

/** An echo is asked for where there is no port. */
export interface OutsideAddress {
  readonly address: string;
  /** TCP. */
  readonly port?: number;
}

/** All checks of a group, or those of them that are about one node. */
export interface CheckChoice {
  readonly group: CheckGroup;
  readonly node?: string;
}
