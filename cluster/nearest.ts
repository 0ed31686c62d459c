/**
 * The known word closest to a mistyped one; undefined where none is near enough to be meant: no more than `reach`
 * letters changed, half of the word unless said.
 */
export function nearest(
  word: string,
  known: readonly string[],
  reach = Math.max(2, Math.floor(word.length / 2)),
): string | undefined {
  let best: string | undefined;
  let bestDistance = reach + 1;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

/** Levenshtein distance. A word of the user's longer than 64 letters is nobody's typing error. */
function distance(a: string, b: string): number {
  if (a.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
