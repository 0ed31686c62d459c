import ipaddr from 'ipaddr.js';
import type { Subject, SubjectHost } from '../subject.ts';
import { hasIpv6, isYes, pathOf, valueIn } from '../variables.ts';

/** IPv4 or IPv6, and what its variables are called: every rule on ranges is written once for both. */
export interface Family {
  readonly name: 'IPv4' | 'IPv6';
  /** Bits of an address. */
  readonly bits: number;
  /** Smallest and largest prefix length of an IPAM block that Calico takes. */
  readonly blocks: readonly [number, number];
  /** A pod range as one would write it, and the usual block size. */
  readonly example: string;
  readonly usualBlock: number;
  readonly pods: string;
  readonly services: string;
  readonly pool: string;
  readonly block: string;
  readonly nodePrefix: string;
  /** Field of a node’s address, and of the range that holds them all. */
  readonly address: string;
  readonly nodes: string;
  isOn(subject: Subject): boolean;
  nodesOf(subject: Subject): string | undefined;
  addressOf(host: SubjectHost): string | undefined;
}

export const ipv4: Family = {
  name: 'IPv4',
  bits: 32,
  blocks: [20, 32],
  example: '10.244.0.0/16',
  usualBlock: 26,
  pods: 'kube_pods_subnet',
  services: 'kube_service_addresses',
  pool: 'calico_pool_cidr',
  block: 'calico_pool_blocksize',
  nodePrefix: 'kube_network_node_prefix',
  address: 'address',
  nodes: 'network.nodes',
  isOn: (subject) => isYes(valueIn(subject, 'ipv4_stack')),
  nodesOf: (subject) => subject.network.nodes,
  addressOf: (host) => host.address,
};

export const ipv6: Family = {
  name: 'IPv6',
  bits: 128,
  blocks: [116, 128],
  example: 'fd00:10:244::/56',
  usualBlock: 122,
  pods: 'kube_pods_subnet_ipv6',
  services: 'kube_service_addresses_ipv6',
  pool: 'calico_pool_cidr_ipv6',
  block: 'calico_pool_blocksize_ipv6',
  nodePrefix: 'kube_network_node_prefix_ipv6',
  address: 'address6',
  nodes: 'network.ipv6.nodes',
  isOn: hasIpv6,
  nodesOf: (subject) => subject.network.nodes6,
  addressOf: (host) => host.address6,
};

/** A range as numbers: `first` and `last` address, both inside. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
  /** As it ought to be written, without bits behind the prefix. */
  readonly text: string;
  /** Whether it was written with bits behind the prefix. */
  readonly hasHostBits: boolean;
}

/** The address as a number; undefined where the text is none of the family. */
export function addressIn(family: Family, text: unknown): bigint | undefined {
  if (typeof text !== 'string') return undefined;
  if (family === ipv4) {
    return ipaddr.IPv4.isValidFourPartDecimal(text) ? numberOf(ipaddr.IPv4.parse(text).octets, 8n) : undefined;
  }
  return !text.includes('%') && ipaddr.IPv6.isValid(text) ? numberOf(ipaddr.IPv6.parse(text).parts, 16n) : undefined;
}

/** The range that the text says; undefined where it is no CIDR of the family. */
export function rangeIn(family: Family, text: unknown): Range | undefined {
  const [address, digits = '', ...rest] = typeof text === 'string' ? text.split('/') : [];
  const number = addressIn(family, address);
  const prefix = Number(digits);
  if (number === undefined || rest.length > 0 || !/^\d{1,3}$/.test(digits) || prefix > family.bits) return undefined;
  const size = 1n << BigInt(family.bits - prefix);
  const first = number - (number % size);
  return {
    first,
    last: first + size - 1n,
    prefix,
    text: `${written(family, first)}/${prefix}`,
    hasHostBits: first !== number,
  };
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function isInside(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** The range of the pool that kubespray makes: the whole pod subnet unless said. */
export function poolCidr(subject: Subject, family: Family): unknown {
  return Object.hasOwn(subject.variables, family.pool) ? valueIn(subject, family.pool) : valueIn(subject, family.pods);
}

/** Where the pool is to be widened: where it is said, or the pod range that it is otherwise. */
export function poolPath(subject: Subject, family: Family): string {
  return pathOf(subject, Object.hasOwn(subject.variables, family.pool) ? family.pool : family.pods);
}

/** Hosts that run pods: kubespray makes nodes of these groups’ hosts (roles/dynamic_groups/tasks/main.yml:13). */
export function nodeCount(subject: Subject): number {
  const groups = ['kube_node', 'kube_control_plane', 'calico_rr', 'k8s_cluster'];
  return subject.hosts.filter((host) => host.groups.some((group) => groups.includes(group))).length;
}

function numberOf(parts: readonly number[], bits: bigint): bigint {
  return parts.reduce((sum, part) => (sum << bits) + BigInt(part), 0n);
}

function written(family: Family, number: bigint): string {
  const bytes = Array.from({ length: family.bits / 8 }, (_, i) =>
    Number((number >> BigInt(family.bits - 8 - 8 * i)) & 255n),
  );
  return ipaddr.fromByteArray(bytes).toString();
}
