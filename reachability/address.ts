/** Addresses and nets as Go's net package, and with it Calico, reads them. */

export type Family = 4 | 6;

/** `words`: one number of 32 bits for IPv4, four for IPv6, the highest first. */
export interface Address {
  readonly family: Family;
  readonly words: readonly number[];
}

export interface Net extends Address {
  readonly prefix: number;
}

/**
 * Decimal without leading zeros, or IPv6 without a zone (Go: net.ParseIP). An IPv4 address in IPv6 writing (`::ffff:10.0.0.1`) is IPv4,
 * as it is there. Undefined where the text is no address.
 */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const word = parseDotted(text);
    return word === undefined ? undefined : { family: 4, words: [word] };
  }
  const words = parseColons(text);
  if (words === undefined) return undefined;
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return mapped ? { family: 4, words: [words[3] as number] } : { family: 6, words };
}

/** A CIDR with its host bits cut off (Go: net.ParseCIDR); undefined where the text is none, and so for a bare address. */
export function parseNet(text: string): Net | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const prefix = text.slice(slash + 1);
  // Go reads `::ffff:10.0.0.0/104` as IPv6; nobody writes it, and Calico would render it for no family.
  if (address === undefined || (address.family === 4 && text.includes(':'))) return undefined;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > (address.family === 4 ? 32 : 128)) return undefined;
  return masked(address, Number(prefix));
}

/** A CIDR, or an address standing for itself alone (Calico: cnet.ParseCIDROrIP). */
export function parseNetOrAddress(text: string): Net | undefined {
  if (text.includes('/')) return parseNet(text);
  const address = parseAddress(text);
  return address && { ...address, prefix: address.family === 4 ? 32 : 128 };
}

export function contains(net: Net, address: Address): boolean {
  if (net.family !== address.family) return false;
  for (let i = 0, left = net.prefix; left > 0; i++, left -= 32) {
    if ((((net.words[i] as number) ^ (address.words[i] as number)) & maskOf(left)) !== 0) return false;
  }
  return true;
}

/** As Go writes it, but that zeros in IPv6 are not drawn together. */
export function formatAddress({ family, words }: Address): string {
  const [first = 0] = words;
  if (family === 4) return [24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.');
  return words
    .flatMap((word) => [word >>> 16, word & 0xffff])
    .map((part) => part.toString(16))
    .join(':');
}

/** The same text for every way to write an address. */
export function keyOf(address: Address): string {
  return address.family === 4 ? String(address.words[0]) : address.words.join(':');
}

/** The first address after a net; undefined after the last of its family. */
export function after({ family, words, prefix }: Net): Address | undefined {
  const next = [...words];
  // One more in the last bit of the prefix, carried into the words before it.
  let carry = 2 ** ((32 - (prefix % 32)) % 32);
  for (let i = Math.ceil(prefix / 32) - 1; i >= 0; i--) {
    const sum = (next[i] as number) + carry;
    next[i] = sum % 2 ** 32;
    if (sum < 2 ** 32) return { family, words: next };
    carry = 1;
  }
  return undefined;
}

function masked(address: Address, prefix: number): Net {
  const words = address.words.map((word, i) => (word & maskOf(prefix - 32 * i)) >>> 0);
  return { family: address.family, words, prefix };
}

/** The mask of one word of which `bits` belong to the net. */
function maskOf(bits: number): number {
  if (bits >= 32) return -1;
  return bits <= 0 ? 0 : -1 << (32 - bits);
}

function parseDotted(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    word = word * 256 + Number(part);
  }
  return word;
}

function parseColons(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const pieces = halves.map((half) => (half === '' ? [] : hextets(half)));
  const [head, tail] = pieces;
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array<number>(missing).fill(0), ...(tail ?? [])];
  return [0, 2, 4, 6].map((i) => (((all[i] as number) << 16) | (all[i + 1] as number)) >>> 0);
}

function hextets(half: string): number[] | undefined {
  const found: number[] = [];
  const parts = half.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const word = parseDotted(part);
      if (word === undefined) return undefined;
      found.push(word >>> 16, word & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) found.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return found;
}
