import ipaddr from 'ipaddr.js';

/** An IPv4 range as numbers: `first` and `last` address, both inside. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** The address as a number from 0 to 2^32 - 1; undefined where the text is none. */
export function addressNumber(text: unknown): number | undefined {
  if (typeof text !== 'string' || !isAddress(text)) return undefined;
  return ipaddr.IPv4.parse(text).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** The range that the text says; undefined where it is no IPv4 CIDR. Host bits are cut off. */
export function range(text: unknown): Range | undefined {
  if (typeof text !== 'string' || !ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
  const [, prefix] = ipaddr.IPv4.parseCIDR(text);
  const first = addressNumber(networkAddress(text)) as number;
  return { first, last: first + 2 ** (32 - prefix) - 1, prefix };
}

/** `10.244.0.0` of `10.244.3.1/16`. The text must be a CIDR. */
export function networkAddress(cidr: string): string {
  return ipaddr.IPv4.networkAddressFromCIDR(cidr).toString();
}

/** `10.244.0.0/16` of `10.244.3.1/16`. The text must be a CIDR. */
export function withoutHostBits(cidr: string): string {
  return `${networkAddress(cidr)}/${ipaddr.IPv4.parseCIDR(cidr)[1]}`;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
