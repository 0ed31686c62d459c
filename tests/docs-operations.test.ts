import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertGolden } from './support/golden.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const guide = join(root, 'docs/operations.md');

/** The part of an address behind `#`, as GitHub makes it of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

describe('docs/operations.md', () => {
  const text = readFileSync(guide, 'utf8');
  const anchors = new Set([...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));

  it('has every heading that the rules, the documents and the plans lead to', () => {
    const files = globSync('{cluster,kubespray,policies,components,cli,docs,tests/kubespray/plan}/**/*.{ts,md,txt}', {
      cwd: root,
    });
    const led = [...files, 'README.md'].flatMap((file) =>
      [...read(file).matchAll(/operations\.md#([a-z][a-z-]*)/g)].map(([, anchor = '']) => anchor),
    );
    const own = [...text.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, anchor = '']) => anchor);
    // The type of what `guide` takes: a rule can name nothing else.
    const type = /export type Guide =([^;]+);/.exec(read('policies/rules/change/fixed.ts'))?.[1] ?? '';
    const guides = [...type.matchAll(/'([a-z-]+)'/g)].map(([, anchor = '']) => anchor);
    assert.ok(guides.length > 5 && led.length > 5, 'they were found');
    assert.deepEqual(
      [...new Set([...guides, ...led, ...own])].filter((anchor) => !anchors.has(anchor)),
      [],
    );
  });

  it('shows of every change what the plan says of it', () => {
    let shown = 0;
    const right = text.replaceAll(/(<!-- plan: ([a-z-]+) -->\n```text\n)[\s\S]*?(```\n)/g, (_, head, change, foot) => {
      shown += 1;
      return `${head}${read(`tests/kubespray/plan/${change}/golden/plan.txt`)}${foot}`;
    });
    assert.ok(shown > 10, `${shown} plans`);
    assertGolden(guide, right);
  });
});
