/** Durations as Prometheus writes them (common v0.65.0 model/time.go). */
const pattern = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const DAY = 86_400_000;
const units = [365 * DAY, 7 * DAY, DAY, 3_600_000, 60_000, 1_000, 1];

/** Undefined where it is none, and so where it is empty. */
export function milliseconds(text: string): number | undefined {
  if (text === '0') return 0;
  const found = text === '' ? null : pattern.exec(text);
  return found?.slice(1).reduce((sum, digits, i) => sum + Number(digits ?? 0) * (units[i] as number), 0);
}
