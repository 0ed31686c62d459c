/** The recordings as if Prometheus had scraped them from their first minute to their last, once a minute, of the targets that it found. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { END, type Program, recording, SILENCE, TAKEN, valueAt } from './recordings/index.ts';

export interface Scraped {
  readonly program: Program;
  readonly node: string;
  /** As Prometheus put them onto each series: job, instance and what relabelling gives. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Writes blocks into a database that nobody uses. */
export function writeHistory(promtool: string, folder: string, scraped: readonly Scraped[]): void {
  const lines = scraped.flatMap(({ program, node, labels }) => {
    const target = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    const all = recording(program, node).flatMap((sample) =>
      minutes(SILENCE).flatMap((minute) => {
        const value = valueAt(sample, node, minute);
        return value === undefined ? [] : [`${joined(sample.series, target)} ${value} ${TAKEN + 60 * minute}`];
      }),
    );
    const up = minutes(END).map((minute) => `up{${target}} ${minute < SILENCE ? 1 : 0} ${TAKEN + 60 * minute}`);
    return [...all, ...up];
  });
  const file = join(folder, 'history.txt');
  writeFileSync(file, `${lines.join('\n')}\n# EOF\n`);
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, join(folder, 'data')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function joined(series: string, target: readonly string[]): string {
  return series.endsWith('}') ? `${series.slice(0, -1)},${target}}` : `${series}{${target}}`;
}

function minutes(end: number): number[] {
  return Array.from({ length: end }, (_, minute) => minute);
}
