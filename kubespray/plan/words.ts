/** Names as one reads them: `a`, `a and b`, `a, b and c`; of many the first five and how many there are besides. */
export function named(names: readonly string[]): string {
  if (names.length > MOST) return `${names.slice(0, MOST - 1).join(', ')} and ${names.length - MOST + 1} more`;
  const [last = '', ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`;
}

/** `1 node`, `3 nodes`. */
export function nodes(count: number): string {
  return `${count} node${count === 1 ? '' : 's'}`;
}

const MOST = 6;
