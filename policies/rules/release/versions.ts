/** Whether a version is older (-1), the same (0) or newer (1); undefined where either is none. A leading `v` counts for nothing. */
export function compareVersions(a: unknown, b: string): number | undefined {
  const [first, second] = [numbers(a), numbers(b)];
  if (first === undefined || second === undefined) return undefined;
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    const difference = (first[i] ?? 0) - (second[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function numbers(version: unknown): number[] | undefined {
  const text = typeof version === 'string' ? version : '';
  return /^v?\d{1,9}(\.\d{1,9})*$/.test(text) ? text.replace(/^v/, '').split('.').map(Number) : undefined;
}
