import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installStandIns } from '../../lab/providers/install.ts';
import { ensureTools } from '../../setup/index.ts';
import { Calispray } from '../support/calispray.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The same program under the engine's own command, with a language host of its own: no part of ours in between. */
describe('the official pulumi', function () {
  this.timeout(300_000);
  const place = new Calispray('official');
  after(() => place.remove());

  async function preview(change: (text: string) => string) {
    const tools = await ensureTools(['engine', 'providers', 'language-host']);
    const dir = place.project(`project-${Math.random().toString(36).slice(2)}`, 'dev', change);
    // The program as it is, next to a stack file of the test's own: `stack init` writes into that.
    const rooms = ['cluster', 'components', 'kubespray', 'policies', 'reachability', 'resources'];
    for (const part of ['package.json', 'index.ts', ...rooms]) {
      cpSync(join(root, part), join(dir, part), { recursive: true });
    }
    cpSync(join(root, 'tests/cluster/manifests'), join(dir, 'manifests'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
    const home = join(place.state, 'pulumi-home');
    if (tools.providers === 'stand-in') installStandIns(home, process.execPath);
    const env = {
      ...process.env,
      PATH: [dirname(process.execPath), tools.languageHost, tools.bin, process.env.PATH].join(delimiter),
      PULUMI_HOME: tools.providers === 'stand-in' ? home : tools.pulumiHome,
      PULUMI_BACKEND_URL: `file://${place.state}`,
      PULUMI_CONFIG_PASSPHRASE: 'for this test',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    };
    const pulumi = (...words: string[]) =>
      spawnSync(tools.engine, [...words, '--non-interactive', '--color', 'never'], {
        cwd: dir,
        env,
        encoding: 'utf8',
        timeout: 120_000,
      });
    pulumi('stack', 'init', 'dev');
    return pulumi('preview', '--stack', 'dev');
  }

  it('previews the program unchanged, with the manifests that the stack points to', async () => {
    const done = await preview((text) => text.replace(/^( *)policies:\n/m, '$&$1  manifests: [manifests/]\n'));
    assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
    assert.match(done.stdout, /calispray:cluster:CalicoCluster/);
    assert.match(done.stdout, /allow-cluster-internal/);
    assert.match(done.stdout, /NetworkPolicy vmstation-policies-production-allow-frontend create/);
  });

  it('is stopped by the inventory, without the pack, at what kubespray would refuse, and shows no stack trace', async () => {
    const done = await preview((text) => text.replace('blockSize: 26', 'blockSize: 12'));
    assert.notEqual(done.status, 0);
    const text = `${done.stdout}${done.stderr}`;
    assert.match(text, /network\.pool\.blockSize/);
    assert.doesNotMatch(text, /\n\s+at .*\.ts:/);
  });
});
