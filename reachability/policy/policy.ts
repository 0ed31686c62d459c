/** A policy of any kind, in the one form that is evaluated (Felix's own: libcalico-go/lib/backend/model/{policy,rule}.go). */
import type { Net } from '../address.ts';
import type { RuleAction } from '../types.ts';

/** Kinds as Calico v3.32 names them in its keys and traces. */
export type PolicyKind =
  | 'NetworkPolicy'
  | 'GlobalNetworkPolicy'
  | 'KubernetesNetworkPolicy'
  | 'KubernetesClusterNetworkPolicy'
  | 'KubernetesAdminNetworkPolicy'
  | 'KubernetesBaselineAdminNetworkPolicy'
  | 'Profile';

export interface Policy {
  readonly kind: PolicyKind;
  readonly name: string;
  /** `''` of what has no namespace. */
  readonly namespace: string;
  readonly tier: string;
  /** Infinity where none is given. */
  readonly order: number;
  /** Which endpoints it is for, whatever its namespace: that is part of the text. */
  readonly selector: string;
  /** Absent: it does not govern this direction. Empty: it does, and matches nothing. */
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
  /** doNotTrack and preDNAT are for host endpoints alone, before the tiers (felix/calc/event_sequencer.go tierInfoToProtoTierInfo). */
  readonly stage: 'normal' | 'preDNAT' | 'untracked';
  /** At host endpoints it is asked about what passes through, too. */
  readonly onForward?: boolean;
}

export interface Rule {
  readonly action: RuleAction;
  readonly ipVersion?: 4 | 6;
  /** A number, or `-1` for a name that is no protocol: it matches nothing. */
  readonly protocol?: number;
  readonly notProtocol?: number;
  readonly icmp?: Icmp;
  readonly notIcmp?: Icmp;
  readonly source: Entity;
  readonly destination: Entity;
  /** What an application-layer policy would look at, in words. */
  readonly http?: string;
}

export interface Icmp {
  readonly type: number;
  readonly code?: number;
}

export interface Entity {
  /** Selector, namespaceSelector, serviceAccounts and the policy's namespace in one; `''` is no restriction. */
  readonly selector: string;
  /** Only where `selector` is empty: else it is part of that. */
  readonly notSelector: string;
  readonly nets: readonly Net[];
  readonly notNets: readonly Net[];
  readonly ports: readonly Port[];
  readonly notPorts: readonly Port[];
  /** `namespace/name`. */
  readonly service?: string;
}

export type Port = { readonly first: number; readonly last: number } | { readonly name: string };

export const anything: Entity = { selector: '', notSelector: '', nets: [], notNets: [], ports: [], notPorts: [] };

/** Names as Calico takes them, in any case (app-policy/checker/match.go stringToProto). */
const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132, udplite: 136 };

/** The protocol's number; undefined where nothing is said, -1 where the text is no protocol. */
export function protocolNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const named = typeof value === 'string' ? numbers[value.toLowerCase()] : undefined;
  if (named !== undefined) return named;
  const given = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;
  return typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= 255 ? given : -1;
}

export const protocols = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;

/** A port of a rule (api/pkg/lib/numorstring/port.go): `80`, `"80"`, `"8000:8080"` or a name; undefined where it is none of them. */
export function portOf(value: unknown): Port | undefined {
  if (typeof value === 'number') return inRange(value, value);
  if (typeof value !== 'string') return undefined;
  const range = /^(\d+)(?::(\d+))?$/.exec(value);
  if (range !== null) return inRange(Number(range[1]), Number(range[2] ?? range[1]));
  return /^[a-zA-Z0-9_.-]{1,128}$/.test(value) ? { name: value } : undefined;
}

function inRange(first: number, last: number): Port | undefined {
  return Number.isInteger(first) && first >= 0 && last <= 65535 && first <= last ? { first, last } : undefined;
}
