/** Pairs put together into blocks, each of these with each of those, so that few lines tell them. */

export interface Cell {
  /** Only those of one label are put together. */
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

export interface Rectangle {
  readonly label: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * Every cell is in exactly one block. Rows with the same columns are one, or columns with the same rows, whichever makes fewer.
 * @param free pairs of which nothing is said, so that a block may cover them where that makes it larger
 */
export function rectangles(
  cells: readonly Cell[],
  free: (from: string, to: string) => boolean = () => false,
): Rectangle[] {
  return [...Map.groupBy(cells, ({ label }) => label)].flatMap(([label, mine]) => {
    const rows = covered(mine, 'from', 'to', free).map(([from, to]) => ({ label, from, to }));
    const columns = covered(mine, 'to', 'from', (to, from) => free(from, to)).map(([to, from]) => ({
      label,
      from,
      to,
    }));
    return columns.length < rows.length ? columns : rows;
  });
}

/** Lines along `line`, by what they have across. */
function covered(
  cells: readonly Cell[],
  line: 'from' | 'to',
  across: 'from' | 'to',
  free: (line: string, across: string) => boolean,
): [string[], string[]][] {
  const lines = new Map<string, Set<string>>();
  for (const cell of cells) {
    const has = lines.get(cell[line]) ?? new Set();
    lines.set(cell[line], has.add(cell[across]));
  }
  const everything = new Set(cells.map((cell) => cell[across]));
  const groups = new Map<string, [string[], string[]]>();
  for (const [name, has] of lines) {
    // What nothing is said of joins, as far as another line has it.
    const all = [...everything].filter((other) => has.has(other) || free(name, other)).sort();
    const key = all.join('\n');
    const group = groups.get(key) ?? [[], all];
    groups.set(key, group);
    group[0].push(name);
  }
  return [...groups.values()].map(([names, others]) => [names.sort(), others]);
}
