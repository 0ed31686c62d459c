/** The rows of the dashboard as pictures, drawn from what Prometheus answers to their queries: what Grafana shows of them, without Grafana. */
import { join } from 'node:path';
import { type EChartsOption, init } from 'echarts';
import type { Colour, Panel, Row, Unit } from '../../cluster/monitoring/dashboard/types.ts';
import type { Found } from './prometheus.ts';

/** The answers to a panel's queries, in their order. */
export type Answers = ReadonlyMap<Panel, readonly (readonly Found[])[]>;

/** Seconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const WIDTH = 1320;
const GAP = 12;
const HEAD = 34;
const sizes: Record<Panel['shape'], readonly [across: number, height: number]> = {
  lines: [3, 260],
  states: [3, 260],
  number: [6, 110],
};
const colours: Record<Colour, string> = { green: '#2e8b57', orange: '#d97706', red: '#c62828' };
const lineColours = ['#2563a8', '#7b3fa0', '#0f8b8d', '#a8496f', '#5c6b7a', '#7a5c1e'];
const text = { fontFamily: "Helvetica, Arial, 'DejaVu Sans', sans-serif", color: '#24292f' };

/** Where the picture of a row is kept, called by the row's title. */
export function chartOf({ title }: Row): string {
  const name = title
    .replace(/ \(.*/, '')
    .replace(/^The /, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return join(import.meta.dirname, `../../docs/dashboard/${name}.svg`);
}

/** One picture of all panels of a row, beside and below each other. */
export function drawRow({ title, panels }: Row, answers: Answers, span: Span): string {
  let [x, y, high] = [0, HEAD, 0];
  const drawn = panels.map((panel) => {
    const lines = linesOf(panel, answers.get(panel) ?? []);
    const [across, least] = sizes[panel.shape];
    const height = panel.shape === 'lines' ? least + 25 * Math.max(0, rowsOfLegend(lines) - 2) : least;
    const width = Math.floor((WIDTH - GAP * (across - 1)) / across);
    if (x + width > WIDTH) [x, y, high] = [0, y + high + GAP, 0];
    const inner = panelPicture(panel, lines, span, width, height);
    const placed = `<svg x="${x}" y="${y}" width="${width}" height="${height}">${frame(width, height)}${inner}</svg>`;
    x += width + GAP;
    high = Math.max(high, height);
    return placed;
  });
  const height = y + high;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#f6f8fa"/>`,
    `<text x="4" y="23" font-family="${text.fontFamily}" font-size="18" font-weight="bold" fill="${text.color}">${escaped(title)}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function frame(width: number, height: number): string {
  return `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="4" fill="#ffffff" stroke="#d0d7de"/>`;
}

function linesOf({ queries }: Panel, answers: readonly (readonly Found[])[]): Line[] {
  return queries
    .flatMap(({ legend }, at) =>
      (answers[at] ?? []).map(({ labels, points }) => ({ name: named(legend, labels), points })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function panelPicture(panel: Panel, lines: readonly Line[], span: Span, width: number, height: number): string {
  if (panel.shape === 'number') return numberPicture(panel, lines[0]?.points.at(-1)?.[1], width);
  const option = panel.shape === 'states' ? states(panel, lines, span) : curves(panel, lines, span);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ ...option, animation: false, textStyle: text });
  // Numbers of charts in a process would make the same picture another text.
  const svg = chart.renderToSVGString().replaceAll(/\bzr\d+-/g, `${panel.id}-`);
  chart.dispose();
  return svg;
}

/** As Grafana makes a name of labels. */
function named(legend: string, labels: Found['labels']): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '');
}

function numberPicture(
  { title, unit, below, thresholds = [] }: Panel,
  value: number | undefined,
  width: number,
): string {
  const colour = value === undefined ? undefined : colourOf(value, below, thresholds);
  const shown = value === undefined ? 'no data' : worded(value, unit);
  return [
    `<text x="${width / 2}" y="26" text-anchor="middle" font-family="${text.fontFamily}" font-size="14" font-weight="bold" fill="${text.color}">${escaped(title)}</text>`,
    `<text x="${width / 2}" y="80" text-anchor="middle" font-family="${text.fontFamily}" font-size="40" font-weight="bold" fill="${colour ?? '#57606a'}">${escaped(shown)}</text>`,
  ].join('');
}

function colourOf(value: number, below: Colour = 'green', thresholds: NonNullable<Panel['thresholds']>): string {
  return colours[thresholds.findLast(({ from }) => value >= from)?.colour ?? below];
}

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

function curves({ title, unit, thresholds = [], stacked }: Panel, lines: readonly Line[], span: Span): EChartsOption {
  const highest = Math.max(...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  const things = [...new Set(lines.map(({ name }) => thing(name)))];
  // A limit far above all lines would press them to the ground.
  const limits = thresholds.filter(({ from }) => from <= 1.6 * highest || (unit === 'percentunit' && highest > 0.5));
  return {
    title: heading(title),
    grid: { left: 12, right: 26, top: 40, bottom: 4 + 25 * rowsOfLegend(lines), containLabel: true },
    xAxis: clock(span, 20),
    yAxis: {
      type: 'value',
      min: 0,
      ...(unit === 'none' ? { minInterval: highest < 5 ? 1 : 0 } : {}),
      // Whole minutes, five lines at most.
      ...(unit === 's' && highest > 600 ? { interval: 300 * Math.ceil(highest / 1200) } : {}),
      ...(limits.length > 0
        ? { max: (range: { max: number }) => Math.max(range.max, ...limits.map(({ from }) => 1.08 * from)) }
        : {}),
      axisLabel: {
        formatter: (value: number) => worded(value, unit),
        showMaxLabel: limits.length === 0,
        fontSize: 11,
        color: text.color,
      },
      splitLine: { lineStyle: { color: '#eaeef2' } },
    },
    legend: legend(),
    series: lines.map(({ name, points }, at) => ({
      name,
      type: 'line',
      showSymbol: false,
      color: lineColours[things.indexOf(thing(name)) % lineColours.length] ?? text.color,
      lineStyle: { width: 2, type: HALF.test(name) ? 'dotted' : 'solid' },
      ...(stacked === undefined ? {} : { stack: 'sum', areaStyle: { opacity: 0.25 } }),
      data: points.map(([time, value]) => [time * 1000, value]),
      ...(at > 0
        ? {}
        : {
            markLine: {
              silent: true,
              symbol: 'none',
              label: { show: false },
              data: limits.map(({ from, colour }) => ({
                yAxis: from,
                lineStyle: { color: colours[colour], type: 'dashed', width: 1.5 },
              })),
            },
          }),
    })),
  };
}

/** Half and slowest hundredth, sent and received, are of one thing, and of one colour. */
const HALF = /, half$| received$/;

function thing(name: string): string {
  return name.replace(/, (half|99 of 100)$| (sent|received)$/, '');
}

/** As many as their words need, at seven pixels a letter. */
function rowsOfLegend(lines: readonly Line[]): number {
  const [across] = sizes.lines;
  const width = lines.reduce((sum, { name }) => sum + 7 * name.length + 36, 0);
  const longest = Math.max(...lines.map(({ name }) => 7 * name.length + 36));
  return Math.max(
    1,
    Math.ceil(lines.length / Math.max(1, Math.floor(WIDTH / across / longest))),
    Math.ceil((width * across) / WIDTH),
  );
}

/** A bar for each thing, coloured by what it was when. */
function states({ title, words = {} }: Panel, lines: readonly Line[], span: Span): EChartsOption {
  const meant = Object.entries(words).map(([value, word]) => ({ value: Number(value), ...word }));
  const seen = meant.filter(({ value }) => lines.some(({ points }) => points.some(([, one]) => one === value)));
  return {
    title: heading(title),
    grid: { left: 26, right: 26, top: 40, bottom: 28, containLabel: true },
    xAxis: clock(span, 30),
    yAxis: {
      type: 'category',
      data: lines.map(({ name }) => name),
      inverse: true,
      axisTick: { show: false },
      axisLabel: { fontSize: 11, color: text.color, width: 215, overflow: 'truncate' },
    },
    legend: {
      ...legend(),
      data: seen.map(({ word, colour }) => ({ name: word, itemStyle: { color: colours[colour] } })),
    },
    series: seen.map(({ value, word, colour }) => ({
      name: word,
      type: 'custom',
      itemStyle: { color: colours[colour], opacity: shade(value, seen) },
      encode: { x: [1, 2], y: 0 },
      data: lines.flatMap(({ points }, row) => runs(points, value).map(([from, to]) => [row, from * 1000, to * 1000])),
      renderItem: (_, api) => {
        const [x = 0, y = 0] = api.coord([api.value(1), api.value(0)]);
        const [end = 0] = api.coord([api.value(2), api.value(0)]);
        const size = api.size?.([0, 1]);
        const height = 0.62 * (Array.isArray(size) ? (size[1] ?? 0) : 0);
        const shape = { x, y: y - height / 2, width: end - x, height };
        return { type: 'rect', shape, style: { fill: colours[colour], opacity: shade(value, seen) } };
      },
    })),
  };
}

/** Two words of one colour are told apart. */
function shade(value: number, seen: readonly { readonly value: number; readonly colour: Colour }[]): number {
  const own = seen.find((one) => one.value === value);
  const earlier = seen.filter((one) => one.colour === own?.colour && one.value < value);
  return 0.85 - 0.35 * earlier.length;
}

/** From when to when it was that. */
function runs(points: Line['points'], value: number): [number, number][] {
  const all: [number, number][] = [];
  points.forEach(([time, one], at) => {
    if (one !== value) return;
    const end = points[at + 1]?.[0] ?? time;
    const last = all.at(-1);
    if (last !== undefined && last[1] === time) last[1] = end;
    else all.push([time, end]);
  });
  return all;
}

function heading(title: string): EChartsOption['title'] {
  return { text: title, left: 10, top: 8, textStyle: { fontSize: 14, fontFamily: text.fontFamily, color: text.color } };
}

function legend(): { [key: string]: unknown } {
  return {
    bottom: 4,
    left: 'center',
    itemWidth: 18,
    itemHeight: 8,
    itemGap: 14,
    icon: 'roundRect',
    textStyle: { fontSize: 11, color: text.color },
  };
}

/** Minutes since the beginning: the history is of no day in particular. */
function clock({ start, end }: Span, minutes: number): EChartsOption['xAxis'] {
  return {
    type: 'value',
    min: start * 1000,
    max: end * 1000,
    interval: 60_000 * minutes,
    splitLine: { show: false },
    axisLine: { onZero: false },
    axisLabel: {
      fontSize: 11,
      color: text.color,
      showMaxLabel: false,
      formatter: (time: number) => `${Math.round((time / 1000 - start) / 60)} min`,
    },
  };
}

/** A value in its unit, as short as it may be. */
export function worded(value: number, unit: Unit): string {
  if (unit === 'percentunit') return `${short(100 * value)} %`;
  if (unit === 'opm') return `${short(value)}/min`;
  if (unit === 'bytes') return `${short(value / 2 ** 20)} MiB`;
  if (unit === 'Bps') return `${short(value / 1000)} kB/s`;
  if (unit === 'none') return short(value);
  if (value === 0) return '0 s';
  if (value < 1e-3) return `${short(value * 1e6)} µs`;
  if (value < 1) return `${short(value * 1e3)} ms`;
  return value < 120 ? `${short(value)} s` : `${short(value / 60)} min`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
