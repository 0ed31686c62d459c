import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../../setup/paths.ts';
import { inScratch, nobody } from './support/scratch.ts';

const run = promisify(execFile);

/** `npm run setup -- …` as it runs after the bootstrap, with no vendor in reach. */
async function setup(cache: string, ...args: string[]) {
  const dead = await nobody();
  const env = {
    ...process.env,
    CALISPRAY_CACHE: cache,
    CALISPRAY_DOWNLOAD_PULUMI: dead,
    CALISPRAY_DOWNLOAD_KUBERNETES: dead,
    CALISPRAY_DOWNLOAD_ETCD: dead,
  };
  return run(process.execPath, [join(checkout, 'setup', 'main.ts'), ...args], { env });
}

describe('npm run setup', () => {
  it('lists with --check what is missing and how it would come, and changes nothing', async () => {
    await inScratch(async (folder) => {
      const { stdout } = await setup(join(folder, 'cache'), '--check', '--json', 'engine', 'providers', 'etcd');
      const plans = JSON.parse(stdout) as { part: string; state: string; version: string }[];
      assert.deepEqual(
        plans.map(({ part }) => part),
        ['engine', 'providers', 'etcd'],
      );
      assert.equal(plans[0]?.version, '3.259.0');
      assert.notEqual(plans[0]?.state, 'there');
      assert.equal(plans[1]?.state, 'replaced');
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  it('has a line for every part', async () => {
    await inScratch(async (folder) => {
      const { stdout } = await setup(folder, '--check');
      for (const part of ['engine', 'kube-apiserver', 'ansible', 'base', 'crds', 'debian', 'language-host']) {
        assert.match(stdout, new RegExp(`^[✔·✘] ${part} \\S+ +\\S`, 'm'));
      }
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  for (const args of [['no-such-part'], ['--no-such-flag']]) {
    it(`refuses ${args.join(' ')} without a stack trace`, async () => {
      await inScratch(async (folder) => {
        await assert.rejects(setup(folder, ...args), (error: Error & { code: number; stderr: string }) => {
          assert.equal(error.code, 1);
          assert.match(error.stderr, /^refused setup-usage/);
          assert.doesNotMatch(error.stderr, /\n {4}at /);
          return true;
        });
      });
    });
  }
});
