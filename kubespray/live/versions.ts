/** Is version `a` older than `b`? Both are three numbers, as the probe and the releases have them. */
export function below(a: string, b: string): boolean {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  for (const [at, part] of (y ?? []).entries()) {
    const mine = x?.[at] ?? 0;
    if (mine !== part) return mine < part;
  }
  return false;
}
