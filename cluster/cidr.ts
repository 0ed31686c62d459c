import ipaddr from 'ipaddr.js';

/** Addresses as numbers, both ends inside. */
interface Span<N extends number | bigint> {
  readonly first: N;
  readonly last: N;
}

/** An IPv4 range. */
export interface Range extends Span<number> {
  readonly prefix: number;
}

/** An IPv6 range; its addresses are beyond what a number holds exactly. */
export interface Range6 extends Span<bigint> {
  readonly prefix: number;
}

export type Family = 4 | 6;

/** Bits in an address. */
export const bitsOf: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

/**
 * Without a zone: `fe80::1%eth0` means something on one host alone. Nor an IPv4 address in IPv6 writing (`::ffff:10.0.0.1`), which Go, and
 * with it Kubernetes and Calico, takes for IPv4.
 */
export function isAddress6(text: string): boolean {
  return !text.includes('%') && ipaddr.IPv6.isValid(text) && !ipaddr.IPv6.parse(text).isIPv4MappedAddress();
}

/** The address as a number from 0 to 2^32 - 1; undefined where the text is none. */
export function addressNumber(text: unknown): number | undefined {
  if (typeof text !== 'string' || !isAddress(text)) return undefined;
  return ipaddr.IPv4.parse(text).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** The address as a number from 0 to 2^128 - 1; undefined where the text is none. */
export function address6Number(text: unknown): bigint | undefined {
  if (typeof text !== 'string' || !isAddress6(text)) return undefined;
  return ipaddr.IPv6.parse(text).parts.reduce((sum, part) => sum * 65536n + BigInt(part), 0n);
}

/** The range that the text says; undefined where it is no IPv4 CIDR. Host bits are cut off. */
export function range(text: unknown): Range | undefined {
  if (typeof text !== 'string' || !ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
  const [, prefix] = ipaddr.IPv4.parseCIDR(text);
  const first = addressNumber(networkAddress(text)) as number;
  return { first, last: first + 2 ** (32 - prefix) - 1, prefix };
}

/** The range that the text says; undefined where it is no IPv6 CIDR. Host bits are cut off. */
export function range6(text: unknown): Range6 | undefined {
  if (typeof text !== 'string' || !ipaddr.IPv6.isValidCIDR(text)) return undefined;
  const [, prefix] = ipaddr.IPv6.parseCIDR(text);
  const inside = address6Number(text.slice(0, text.indexOf('/')));
  if (inside === undefined) return undefined;
  const size = 1n << BigInt(128 - prefix);
  const first = inside - (inside % size);
  return { first, last: first + size - 1n, prefix };
}

/** Whether the Internet routes to it: not an address of a private network, of a link, of a carrier's network or of documentation. */
export function isPublic(text: string): boolean {
  return ipaddr.isValid(text) && ipaddr.parse(text).range() === 'unicast';
}

/** Of an address or a CIDR; undefined where the text is neither. */
export function familyOf(text: string): Family | undefined {
  if (isAddress(text) || range(text) !== undefined) return 4;
  return isAddress6(text) || range6(text) !== undefined ? 6 : undefined;
}

/** `10.244.0.0` of `10.244.3.1/16`. The text must be a CIDR. */
export function networkAddress(cidr: string): string {
  return ipaddr.IPv4.networkAddressFromCIDR(cidr).toString();
}

/** `10.244.0.0/16` of `10.244.3.1/16`, `fd00::/48` of `fd00:0::7/48`. The text must be a CIDR. */
export function withoutHostBits(cidr: string): string {
  if (!cidr.includes(':')) return `${networkAddress(cidr)}/${ipaddr.IPv4.parseCIDR(cidr)[1]}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(cidr).toRFC5952String()}/${ipaddr.IPv6.parseCIDR(cidr)[1]}`;
}

export function overlaps<N extends number | bigint>(a: Span<N>, b: Span<N>): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains<N extends number | bigint>(outer: Span<N>, inner: Span<N>): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
