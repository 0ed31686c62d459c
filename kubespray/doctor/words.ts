/** How findings name things. */

/** `a`, `a and b`, `a, b and c`; of many the first six. */
export function listed(all: readonly string[]): string {
  const names = [...new Set(all)];
  const shown = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 address`, `2 addresses`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Ten lines at most, and how many more there are. */
export function shortened(lines: readonly string[]): string[] {
  const all = [...new Set(lines)];
  return all.length > 10 ? [...all.slice(0, 9), `and ${all.length - 9} more`] : all;
}
