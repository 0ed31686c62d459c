import ipaddr from 'ipaddr.js';

/** An address as bits, of 32 or 128. */
interface Bits {
  readonly value: bigint;
  readonly width: 32 | 128;
}

function bitsOf(address: string): Bits | undefined {
  if (!isAddress4(address) && !isAddress6(address)) return undefined;
  const bytes = ipaddr.parse(address).toByteArray();
  return {
    value: bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
    width: bytes.length === 4 ? 32 : 128,
  };
}

export function isAddress4(text: unknown): text is string {
  return typeof text === 'string' && ipaddr.IPv4.isValidFourPartDecimal(text);
}

export function isAddress6(text: unknown): text is string {
  return typeof text === 'string' && !text.includes('%') && ipaddr.IPv6.isValid(text);
}

/** `10.244.0.0/16` of `10.244.3.1/16`, of either family; undefined where the text is no range. */
export function networkOf(cidr: unknown): string | undefined {
  if (typeof cidr !== 'string') return undefined;
  const [address = '', prefix = '', ...more] = cidr.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(prefix)) return undefined;
  const bits = bitsOf(address);
  if (bits === undefined || Number(prefix) > bits.width) return undefined;
  return rangeOf(bits, Number(prefix));
}

function rangeOf({ value, width }: Bits, prefix: number): string {
  const shift = BigInt(width - prefix);
  const first = (value >> shift) << shift;
  const bytes = Array.from({ length: width / 8 }, (_, i) => Number((first >> BigInt(width - 8 * (i + 1))) & 255n));
  return `${ipaddr.fromByteArray(bytes).toString()}/${prefix}`;
}

/** The same range or one inside; false where either is none. */
export function isInside(inner: string, outer: string): boolean {
  const [address = '', prefix = ''] = inner.split('/');
  const [around = '', outerPrefix = ''] = outer.split('/');
  const [a, b] = [bitsOf(address), bitsOf(around)];
  if (a === undefined || b === undefined || a.width !== b.width || Number(prefix) < Number(outerPrefix)) return false;
  return rangeOf(a, Number(outerPrefix)) === rangeOf(b, Number(outerPrefix));
}

/**
 * A range that holds all of the addresses (one family): a network of the usual size where that does, else the smallest
 * one; the smallest too where the usual one would meet a range that it must be apart from.
 */
export function covering(addresses: readonly string[], usual: number, apart: readonly string[]): string | undefined {
  const all = addresses.map(bitsOf);
  const [first] = all;
  if (first === undefined || all.some((bits) => bits === undefined)) return undefined;
  let prefix: number = first.width;
  while (prefix > 0 && all.some((bits) => bits && rangeOf(bits, prefix) !== rangeOf(first, prefix))) prefix--;
  const range = rangeOf(first, Math.min(usual, prefix));
  const meets = apart.some((other) => isInside(range, other) || isInside(other, range));
  return meets ? rangeOf(first, prefix) : range;
}
