/** What stands for a value that is nobody's business: `sha256:0123456789ab`. The same value has the same, whatever its order of keys. */
export function digestOf(value: unknown): string {
  return `sha256:${sha256(canonical(value)).slice(0, 12)}`;
}

/** JSON with sorted keys; of what JSON cannot say (a ring, a bigint) something all the same, since anything may be asked about. */
export function canonical(value: unknown, inside: readonly unknown[] = []): string {
  if (typeof value === 'bigint' || inside.includes(value)) return `"${typeof value}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const now = [...inside, value];
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, now)).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part, now)}`).join(',')}}`;
}

/** Whether two facts, or parts of them, are the same. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** FIPS 180-4, of the text in UTF-8, in hexadecimal. Here because the pure rooms have no crypto of a platform. */
export function sha256(text: string): string {
  const bytes = padded(new TextEncoder().encode(text));
  const state = [...START];
  const w = new Uint32Array(64);
  for (let at = 0; at < bytes.length; at += 64) {
    const block = new DataView(bytes.buffer, at, 64);
    for (let i = 0; i < 64; i++) w[i] = i < 16 ? block.getUint32(i * 4) : extended(w, i);
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const one = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const t1 = (h + one + ((e & f) ^ (~e & g)) + (ROUND[i] as number) + (w[i] as number)) | 0;
      const two = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const t2 = (two + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((part, i) => {
      state[i] = ((state[i] as number) + part) | 0;
    });
  }
  return state.map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
}

function extended(w: Uint32Array, i: number): number {
  const [a, b] = [w[i - 15] as number, w[i - 2] as number];
  const s0 = rotated(a, 7) ^ rotated(a, 18) ^ (a >>> 3);
  const s1 = rotated(b, 17) ^ rotated(b, 19) ^ (b >>> 10);
  return ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
}

function rotated(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by));
}

/** A one, zeros, and the length in bits. */
function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  result.set(bytes);
  result[bytes.length] = 0x80;
  new DataView(result.buffer).setUint32(result.length - 4, bytes.length * 8);
  return result;
}

/** The first 32 bits of what is behind the point in the roots of the first primes: square roots of 8, cube roots of 64. */
const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter((n) => n > 1 && !divisible(n));
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)));

function divisible(n: number): boolean {
  for (let by = 2; by * by <= n; by++) if (n % by === 0) return true;
  return false;
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}
