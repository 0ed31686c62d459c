/** Who reaches whom, for people and programs: text, JSON, Markdown, Graphviz and the picture that it makes. */
import { type Edge, LAST_PORT, type PortRange } from '../../reachability/index.ts';

export const formats = ['text', 'json', 'markdown', 'dot', 'svg'] as const;
export type Format = (typeof formats)[number];

/** `from`: a part for each source. `to`: one for each target. `table`: sources down, targets across. */
export type Shape = 'from' | 'to' | 'table';

const protos = ['tcp', 'udp', 'sctp'] as const;

/**
 * `all`, `tcp/8080`, `all tcp, udp/53`, `all but tcp/80` where that is shorter; with `?` where it is so of some pods, or depends. `-` for
 * none.
 */
export function portsText({ allow, some }: Pick<Edge, 'allow' | 'some'>): string {
  const left = gapsOf(allow);
  // Beside what depends it would not be plain how far `but` goes.
  if (some.length === 0 && left.length > 0 && left.length < allow.length) return `all but ${rangesText(left)}`;
  const texts = [rangesText(allow), rangesText(some).replaceAll(/(?=, |$)/g, '?')];
  return texts.filter((text) => text !== '' && text !== '?').join(', ') || '-';
}

/** What the ranges, which are in order, leave of all ports. */
function gapsOf(ranges: readonly PortRange[]): PortRange[] {
  return protos.flatMap((proto) => {
    const mine = ranges.filter((range) => range.proto === proto);
    const starts = [1, ...mine.map(({ last }) => last + 1)];
    const ends = [...mine.map(({ first }) => first - 1), LAST_PORT];
    return starts
      .map((first, i) => ({ proto, first, last: ends[i] as number }))
      .filter(({ first, last }) => first <= last);
  });
}

function rangesText(ranges: readonly PortRange[]): string {
  const whole = (range: PortRange) => range.first === 1 && range.last === LAST_PORT;
  if (protos.every((proto) => ranges.some((range) => range.proto === proto && whole(range)))) return 'all';
  return ranges
    .map((range) => {
      if (whole(range)) return `all ${range.proto}`;
      const { proto, first, last } = range;
      return `${proto}/${first === last ? first : `${first}-${last}`}`;
    })
    .join(', ');
}

export async function viewOf(format: Format, shape: Shape, edges: readonly Edge[]): Promise<string[]> {
  switch (format) {
    case 'json':
      return edges.map((edge) => JSON.stringify({ ...edge, ports: portsText(edge) }));
    case 'dot':
      return dot(edges);
    case 'svg': {
      const { svgOf } = await import('./svg.ts');
      return svgOf(dot(edges).join('\n'));
    }
    case 'markdown':
      return shape === 'table' ? markdownTable(cellsOf(edges)) : markdownTable(rowsOf(shape, edges));
    case 'text':
      return shape === 'table' ? textTable(cellsOf(edges)) : blocks(shape, edges);
  }
}

/** By the other end, those with the same ports on one line; what is reached comes before what is not. */
function blocks(shape: 'from' | 'to', edges: readonly Edge[]): string[] {
  const [, ...rows] = rowsOf(shape, edges);
  const width = Math.max(0, ...rows.map(([, ports = '']) => ports.length));
  return [...Map.groupBy(rows, ([end]) => end)].flatMap(([end, mine]) => [
    `${shape} ${end}`,
    ...mine.map(
      ([, ports = '', others = '']) => `  ${(ports === '-' ? 'nothing' : ports).padEnd(Math.max(width, 7))}  ${others}`,
    ),
  ]);
}

function rowsOf(shape: 'from' | 'to', edges: readonly Edge[]): string[][] {
  const [near, far] = shape === 'from' ? (['from', 'to'] as const) : (['to', 'from'] as const);
  const rows = [...Map.groupBy(edges, (edge) => edge[near])].flatMap(([end, mine]) => {
    const alike = [...Map.groupBy(mine, portsText)].sort(([a], [b]) => Number(a === '-') - Number(b === '-'));
    return alike.map(([ports, some]) => [end, ports, some.map((edge) => edge[far]).join(', ')]);
  });
  return [[near, 'ports', far], ...rows];
}

/** Who is on both sides stands in the same order on both; the first row alone has everybody but itself. */
function cellsOf(edges: readonly Edge[]): string[][] {
  const from = [...new Set(edges.map((edge) => edge.from))];
  const reached = new Set(edges.map((edge) => edge.to));
  const to = [...new Set([...from, ...reached])].filter((end) => reached.has(end));
  const cells = new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, portsText(edge)]));
  return [['from \\ to', ...to], ...from.map((src) => [src, ...to.map((dst) => cells.get(`${src} ${dst}`) ?? '')])];
}

function textTable(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd(),
  );
}

function markdownTable([head = [], ...rows]: readonly string[][]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('\\', '\\\\').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Arrows for what is reached; dashed where it is so of some pods, or depends. An end that nothing reaches, and that reaches nothing, stands alone. */
function dot(edges: readonly Edge[]): string[] {
  const ends = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  const arrows = edges.filter(({ allow, some }) => allow.length + some.length > 0);
  return [
    'digraph reach {',
    '  rankdir=LR; node [shape=box];',
    ...ends.map((end) => `  ${quoted(end)};`),
    ...arrows.map((edge) => {
      const style = edge.allow.length === 0 ? ', style=dashed' : '';
      return `  ${quoted(edge.from)} -> ${quoted(edge.to)} [label=${quoted(portsText(edge))}${style}];`;
    }),
    '}',
  ];
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
