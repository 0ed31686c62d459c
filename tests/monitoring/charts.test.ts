import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { dashboardRows } from '../../cluster/monitoring/dashboard/index.ts';
import type { Panel, Row } from '../../cluster/monitoring/dashboard/types.ts';
import { chartOf, drawRow, worded } from './charts.ts';
import { watched } from './clusters.ts';

const rows = dashboardRows(watched);
const span = { start: 0, end: 7140 };

/** What a picture says in words. */
function wordsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, words = '']) =>
    words.replaceAll('&lt;', '<').replaceAll('&amp;', '&').trim(),
  );
}

describe('charts of the dashboard', () => {
  // tests/integration/monitoring.test.ts draws them again, of what a real Prometheus answers.
  it('are one of each row, with every panel as it is called now', () => {
    for (const row of rows) {
      const words = wordsOf(readFileSync(chartOf(row), 'utf8'));
      for (const title of [row.title, ...row.panels.map((panel) => panel.title)])
        assert.ok(words.includes(title), `${title} is not in ${basename(chartOf(row))}`);
    }
    const folder = dirname(chartOf(rows[0] as Row));
    const drawn = readdirSync(folder).filter((name) => name.endsWith('.svg'));
    assert.deepEqual(drawn.sort(), rows.map((row) => basename(chartOf(row))).sort());
  });

  it('are shown in the guide, each with words for who does not see it', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../docs/monitoring.md'), 'utf8');
    const shown = [...guide.matchAll(/!\[([^\]]+)\]\(dashboard\/([a-z-]+\.svg)\)/g)];
    assert.deepEqual(shown.map(([, , file]) => file).sort(), rows.map((row) => basename(chartOf(row))).sort());
    for (const [, alt = ''] of shown) assert.ok(alt.length > 40, alt);
  });

  it('say so where a number has no data', () => {
    const [row] = rows as [Row];
    const panel = row.panels[0] as Panel;
    const empty = drawRow({ title: row.title, panels: [panel] }, new Map(), span);
    assert.ok(wordsOf(empty).includes('no data'));
    const some = new Map([[panel, [[{ labels: {}, points: [[0, 0.5] as const] }]]]]);
    assert.ok(wordsOf(drawRow({ title: row.title, panels: [panel] }, some, span)).includes('50 %'));
  });

  it('write values in their units', () => {
    const said = [
      worded(0.973, 'percentunit'),
      worded(0.0048, 's'),
      worded(0.00006, 's'),
      worded(90, 's'),
      worded(3540, 's'),
      worded(101842944, 'bytes'),
      worded(2033.3, 'Bps'),
      worded(9, 'opm'),
      worded(36, 'none'),
    ];
    assert.deepEqual(said, ['97.3 %', '4.8 ms', '60 µs', '90 s', '59 min', '97.1 MiB', '2.03 kB/s', '9/min', '36']);
  });
});
