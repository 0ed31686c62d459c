import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = join(root, 'docs/reach.md');

/** A command of its own line, and what stands below it: a fenced block, or a table. */
const shown = /^ {4}calispray (reach .*)\n\n(```text\n[\s\S]*?```\n|(?:\|.*\n)+)/gm;

describe('docs/reach.md', () => {
  const text = readFileSync(guide, 'utf8');
  const blocks = [...text.matchAll(shown)];

  for (const [whole, words = '', block = ''] of blocks) {
    it(`shows what calispray ${words} prints`, () => {
      const done = spawnSync(process.execPath, ['cli/main.ts', ...words.split(' ')], { cwd: root, encoding: 'utf8' });
      assert.deepEqual([done.status, done.stderr], [0, '']);
      const printed = block.startsWith('```') ? `\`\`\`text\n${done.stdout}\`\`\`\n` : done.stdout;
      if (process.env.UPDATE_GOLDEN === '1') {
        const now = readFileSync(guide, 'utf8');
        writeFileSync(
          guide,
          now.replace(whole, () => whole.replace(block, () => printed)),
        );
      } else assert.equal(block, printed, 'UPDATE_GOLDEN=1 writes it anew');
    });
  }

  it('shows each kind of question', () => {
    const asked = new Set(blocks.map(([, words = '']) => words.split(' ')[1]));
    assert.deepEqual([...asked].sort(), ['diff', 'explain', 'exposed', 'from', 'matrix', 'to']);
  });

  it('names every command and option of reach', () => {
    const help = (...words: string[]) =>
      spawnSync(process.execPath, ['cli/main.ts', 'reach', ...words, '--help'], { cwd: root, encoding: 'utf8' }).stdout;
    const commands = [...help().matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name = '']) => name);
    assert.ok(commands.length >= 7, commands.join());
    for (const name of commands) assert.ok(text.includes(`reach ${name}`), name);
    const options = new Set(['diff', 'matrix', 'explain'].flatMap((name) => help(name).match(/--[a-z-]+/g) ?? []));
    for (const option of options) {
      if (['--help', '--all', '--cwd', '--spec', '--calico'].includes(option)) continue;
      assert.ok(text.includes(option), option);
    }
  });
});
