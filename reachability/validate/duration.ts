/** Durations as Go reads and writes them (time.ParseDuration, Duration.String): the CRDs' patterns look at what it writes. */
import type { Check } from './checks.ts';

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const LONGEST = 2n ** 63n - 1n;

/** In nanoseconds; undefined where the text is no duration. */
export function parseDuration(text: string): bigint | undefined {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0n;
  if (rest === '') return undefined;
  let total = 0n;
  let at = 0;
  const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
  while (at < rest.length) {
    part.lastIndex = at;
    const found = part.exec(rest);
    if (found === null || `${found[1]}${found[2] ?? ''}` === '') return undefined;
    const [whole, digits = '', fraction = '', unit = ''] = found;
    const size = units[unit] as bigint;
    total += BigInt(digits || '0') * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
    at += whole.length;
  }
  if (total > LONGEST) return undefined;
  return sign === '-' ? -total : total;
}

/** `1h30m0s`, `500ms`, `1.5s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000_000_000n) {
    const [unit, one] = size < 1_000n ? ['ns', 1n] : size < 1_000_000n ? ['µs', 1_000n] : ['ms', 1_000_000n];
    return `${sign}${decimal(size, one as bigint)}${unit}`;
  }
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimal(size % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return `${sign}${seconds}`;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, one: bigint): string {
  const fraction = (value % one)
    .toString()
    .padStart(one.toString().length - 1, '0')
    .replace(/0+$/, '');
  return `${value / one}${fraction === '' ? '' : `.${fraction}`}`;
}

/** @param pattern of the CRD, for what Go writes */
export function duration(pattern?: RegExp): Check {
  return (value, at) => {
    if (value === undefined || value === null) return [];
    const read = typeof value === 'string' ? parseDuration(value) : undefined;
    if (read === undefined) return [`${at} must be a duration, as 30s or 1h30m`];
    const written = formatDuration(read);
    return pattern === undefined || pattern.test(written) ? [] : [`${at}: the CRD refuses ${written}`];
  };
}
