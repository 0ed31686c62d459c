import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calispray } from '../support/command.ts';

describe('calispray levels', () => {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-levels-'));
  after(() => rmSync(dir, { recursive: true, force: true }));

  function levels(policy: string) {
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: own\nruntime: nodejs\n');
    writeFileSync(join(dir, 'Pulumi.dev.yaml'), `config:\n  a: b\n${policy}`);
    return calispray('levels', '--stack', 'dev', '--cwd', dir);
  }

  it('prints what the official CLI reads', () => {
    assert.deepEqual(levels('').out, '{}\n');
    const { code, out } = levels('  calispray:policy:\n    mtu-below-best: disabled\n    not-judged: mandatory\n');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), { 'mtu-below-best': 'disabled', 'not-judged': 'mandatory' });
  });

  it('names what is wrong, with its line', () => {
    const { code, out, err } = levels('  calispray:policy:\n    mtu-below-bst: disabled\n');
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /policy-unknown-rule.*Pulumi\.dev\.yaml:4|Pulumi\.dev\.yaml:4.*policy-unknown-rule/);
    assert.match(err, /Did you mean mtu-below-best\?/);
    assert.doesNotMatch(err, /\n\s+at /);
  });
});
