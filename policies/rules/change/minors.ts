/** `2.31` of `v2.31.0`; undefined of what is no version. */
export function minorOf(version: string): string | undefined {
  return /^v?(\d{1,6}\.\d{1,6})\.\d+$/.exec(version)?.[1];
}

/** The minors that are skipped on the way up, oldest first; none where there is no way up, or a major lies between. */
export function minorsBetween(before: string, after: string): string[] {
  const [[major, from] = [], [same, to] = []] = [before, after].map((version) =>
    minorOf(version)?.split('.').map(Number),
  );
  if (from === undefined || to === undefined || major !== same) return [];
  // Nobody is that far behind: it is a slip of the pen.
  const skipped = Math.min(Math.max(0, to - from - 1), 50);
  return Array.from({ length: skipped }, (_, i) => `${major}.${to - skipped + i}`);
}
