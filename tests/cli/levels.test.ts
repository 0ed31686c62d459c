import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../../cli/project.ts';

describe('calispray levels', () => {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-levels-'));
  after(() => rmSync(dir, { recursive: true, force: true }));

  function levels(policy: string) {
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: own\nruntime: nodejs\n');
    writeFileSync(join(dir, 'Pulumi.dev.yaml'), `config:\n  a: b\n${policy}`);
    const words = ['cli/main.ts', 'levels', '--stack', 'dev', '--cwd', dir];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: packageDir, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  it('prints what the official CLI reads', () => {
    assert.deepEqual(levels('').stdout, '{}\n');
    const { status, stdout } = levels('  calispray:policy:\n    mtu-below-best: disabled\n    not-judged: mandatory\n');
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), { 'mtu-below-best': 'disabled', 'not-judged': 'mandatory' });
  });

  it('names what is wrong, with its line', () => {
    const { status, stdout, stderr } = levels('  calispray:policy:\n    mtu-below-bst: disabled\n');
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /policy-unknown-rule.*Pulumi\.dev\.yaml:4|Pulumi\.dev\.yaml:4.*policy-unknown-rule/);
    assert.match(stderr, /Did you mean mtu-below-best\?/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
});
