/** Which policy comes first (felix/calc/policy_sorter.go TierLess, PolKVLess). */
import type { Policy } from './policy.ts';

export interface Tier {
  readonly name: string;
  /** Infinity where none is given. */
  readonly order: number;
  /** At its end, of an endpoint that one of its policies is for. */
  readonly defaultAction: 'deny' | 'pass';
  /** A tier that policies name and that is not there comes last, and denies at its end. */
  readonly exists: boolean;
}

/** Whether ties are broken as before 3.32, when policies were known by another name; and AdminNetworkPolicy was enforced. */
export interface CalicoVersion {
  readonly plainNames: boolean;
  readonly clusterPolicies: boolean;
  readonly adminPolicies: boolean;
  readonly baselinePolicies: boolean;
}

/** `v3.31.5`, `3.32`; what is left out or cannot be read is the newest. */
export function calicoVersion(text: string | undefined): CalicoVersion {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text ?? '') ?? [];
  const number = major === undefined ? Number.POSITIVE_INFINITY : Number(major) * 1000 + Number(minor);
  return {
    plainNames: number >= 3032,
    clusterPolicies: number >= 3032,
    adminPolicies: number >= 3029 && number < 3032,
    baselinePolicies: number >= 3030 && number < 3032,
  };
}

/** Tiers that are always there, with orders that nobody may change (libcalico-go/lib/clientv3/client.go ensureTierExists). */
export function builtInTiers(version: CalicoVersion): Tier[] {
  const pass = version.plainNames
    ? ['kube-admin', 'kube-baseline']
    : ['adminnetworkpolicy', 'baselineadminnetworkpolicy'];
  const [admin = '', baseline = ''] = pass;
  return [
    { name: admin, order: 1000, defaultAction: 'pass', exists: true },
    { name: 'default', order: 1_000_000, defaultAction: 'deny', exists: true },
    { name: baseline, order: 10_000_000, defaultAction: 'pass', exists: true },
  ];
}

export function compareTiers(a: Tier, b: Tier): number {
  if (a.exists !== b.exists) return a.exists ? -1 : 1;
  return a.order === b.order ? compareText(a.name, b.name) : a.order - b.order;
}

/** Within one tier. Infinity minus itself is no number, so equal orders are seen first. */
export function comparePolicies(version: CalicoVersion): (a: Policy, b: Policy) => number {
  const key = version.plainNames ? plainKey : backendKey;
  return (a, b) => (a.order === b.order ? compareText(key(a), key(b)) : a.order - b.order);
}

function plainKey({ name, namespace, kind }: Policy): string {
  return `${name}/${namespace}/${kind}`;
}

/**
 * Up to 3.31: `TIER.NAME`, behind `NAMESPACE/` where there is one, and `knp.default.NAME` of a Kubernetes policy (v3.31.7
 * libcalico-go/lib/backend/syncersv1/updateprocessors/networkpolicyprocessor.go, lib/names/policy.go).
 */
function backendKey({ name, namespace, kind, tier }: Policy): string {
  if (kind === 'KubernetesNetworkPolicy') return `${namespace}/knp.default.${name}`;
  const full = kind.startsWith('Kubernetes') || name.startsWith(`${tier}.`) ? name : `${tier}.${name}`;
  return namespace === '' ? full : `${namespace}/${full}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
