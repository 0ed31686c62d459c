import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkGroups } from '../cluster/types/verify.ts';
import { assertGolden } from './support/golden.ts';

const guide = join(import.meta.dirname, '../docs/verify.md');

describe('docs/verify.md', () => {
  const text = readFileSync(guide, 'utf8');

  it('says of every check where it passes, and of none that there is not', () => {
    const table = text.split('## What is proved')[1]?.split('\n\n')[1] ?? '';
    const told = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([a-z-]+)/g)].map(([, name = '']) => name),
    );
    assert.deepEqual([...new Set(told)], [...checkGroups]);
  });

  it('shows a table as the command prints it', () => {
    let shown = 0;
    const right = text.replaceAll(/(<!-- table: ([a-z-]+) -->\n```text\n)[\s\S]*?(```\n)/g, (_, head, name, foot) => {
      shown += 1;
      return `${head}${readFileSync(join(import.meta.dirname, `cli/verify/${name}.txt`), 'utf8')}${foot}`;
    });
    assert.equal(shown, 1);
    assertGolden(guide, right);
  });
});
