import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { row } from '../../support/faults/document.ts';
import { groups } from './all.ts';

const faults = groups.flatMap((group) => group.faults);

describe('docs/faults.md', () => {
  const lines = readFileSync(new URL('../../../docs/faults.md', import.meta.url), 'utf8').split('\n');

  it('has a row for every fault that is injected, as it is, and for no other', () => {
    const rows = lines.filter((line) => line.startsWith('| `'));
    const known = faults.map(row);
    assert.deepEqual(
      rows.filter((line) => !known.some((each) => line.startsWith(`${each} `))),
      [],
      'of no fault: npm run test:faults -- --record',
    );
    assert.deepEqual(
      known.filter((each) => !rows.some((line) => line.startsWith(`${each} `))),
      [],
      'without a row: npm run test:faults -- --record',
    );
  });

  it('is about at least twenty, each with a name of its own', () => {
    assert.ok(faults.length >= 20, String(faults.length));
    assert.equal(new Set(faults.map((fault) => fault.name)).size, faults.length);
  });
});
