import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOf } from '../../cli/commands/lab.ts';
import { packageDir } from '../../cli/project.ts';
import { calispray } from '../support/command.ts';

describe('the command line', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-cli-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('answers a mistyped command, option and stack with the nearest one', () => {
    assert.match(calispray('previw').err, /Did you mean preview\?/);
    assert.match(calispray('preview', '--stak', 'dev').err, /Did you mean --stack\?/);
    const stack = calispray('preview', '--stack', 'de');
    assert.deepEqual([stack.code, /did you mean dev\?/.test(stack.err)], [1, true]);
  });

  it('leaves the options of a command on a host of the lab to that command', () => {
    const { code, err } = calispray('-C', dir, 'lab', 'shell', 'nobody', 'ls', '-ld', '-C', '--help', '/etc');
    assert.deepEqual([code, /^refused /.test(err)], [1, true], err);
    assert.deepEqual(commandOf(['--', 'ls', '--', '-l']), ['ls', '--', '-l']);
    assert.deepEqual(commandOf(['ls', '-l']), ['ls', '-l']);
    assert.equal(calispray('check', '--stack', 'none', '-C', dir).code, 1, 'elsewhere ours may follow the command');
  });

  it('lists every command in --help', () => {
    const { code, out } = calispray('--help');
    assert.equal(code, 0);
    const names =
      'start preview up plan follow runs down reset refresh unlock check show render import levels keyscan lab';
    for (const name of names.split(' ')) {
      assert.match(out, new RegExp(`^  ${name}\\b`, 'm'));
    }
  });

  it('checks every stack of this project', () => {
    for (const stack of ['lab', 'dev', 'staging', 'prod']) {
      const { code, out, err } = calispray('check', '--stack', stack);
      assert.deepEqual([stack, code, err], [stack, 0, '']);
      assert.match(out, stack === 'lab' ? /^lab: nothing against it\.$/m : /: passes all the same\.$/m);
    }
  });

  it('names an unknown key with the nearest known one, in words and as JSON, and needs no engine for that', () => {
    const text = readFileSync(join(packageDir, 'Pulumi.dev.yaml'), 'utf8').replace('blockSize:', 'blokSize:');
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\n');
    writeFileSync(join(dir, 'Pulumi.dev.yaml'), text);
    for (const command of ['check', 'preview', 'up']) {
      const { code, err } = calispray('-C', dir, command, '--stack', 'dev');
      assert.deepEqual([command, code], [command, 1]);
      assert.match(err, /unknown-key at network\.pool\.blokSize.*\n.*blockSize/);
      assert.doesNotMatch(err, /\n\s+at /);
    }
    const json = JSON.parse(calispray('-C', dir, 'check', '--stack', 'dev', '--json').out);
    assert.equal(json.ok, false);
    assert.equal(json.findings[0].code, 'unknown-key');
  });

  it('renders the inventory of a file that holds just the cluster', () => {
    const { code } = calispray('render', '--stack', 'dev', '--out', join(dir, 'from-stack'));
    assert.equal(code, 0);
    assert.match(readFileSync(join(dir, 'from-stack', 'hosts.yaml'), 'utf8'), /masternode/);
    const missing = calispray('check', '--spec', join(dir, 'none.yaml'));
    assert.deepEqual([missing.code, /no-such-file/.test(missing.err)], [1, true]);
  });

  it('asks for one cluster, not for none', () => {
    const { code, err } = calispray('check');
    assert.equal(code, 1);
    assert.match(err, /--stack NAME, or --spec FILE/);
  });
});
