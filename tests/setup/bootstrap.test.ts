import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { checkout } from '../../setup/paths.ts';
import { inScratch } from './support/scratch.ts';

/** Stands in for `npm ci`: notes that it ran, takes a moment, and puts Node where the locked package would. */
const npm = `#!/bin/sh
echo "npm $*" >> "$FOLDER/journal"
rm -rf node_modules; mkdir -p node_modules/.bin
sleep 0.3
ln -s "$NODE" node_modules/.bin/node
`;

/** What the bootstrap hands over to here: says how it was started, then does as it is told. */
const handedTo = `
process.stdout.write(JSON.stringify({ argv: process.argv.slice(2), path: process.env.PATH.split(':')[0] }) + '\\n');
if (process.argv[2] === 'wait') {
  process.on('SIGTERM', () => setTimeout(() => process.exit(7), 100));
  setTimeout(() => process.exit(1), 30_000);
} else process.exitCode = Number(process.argv[2] ?? 0);
`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout with nothing but the bootstrap in it, and an `npm` of ours first on PATH. */
class Fresh {
  readonly folder: string;

  /** Without a script there is no `npm`. */
  constructor(folder: string, npmScript: string | null = npm) {
    this.folder = folder;
    for (const name of ['setup', 'bin']) mkdirSync(join(folder, name));
    copyFileSync(join(checkout, 'setup', 'bootstrap.mjs'), join(folder, 'setup', 'bootstrap.mjs'));
    writeFileSync(join(folder, 'setup', 'main.ts'), handedTo);
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    if (npmScript !== null) writeFileSync(join(folder, 'bin', 'npm'), npmScript, { mode: 0o755 });
    for (const tool of ['sh', 'flock', 'rm', 'mkdir', 'sleep', 'ln', 'echo']) {
      symlinkSync(join('/usr/bin', tool), join(folder, 'bin', tool));
    }
  }

  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const env = { PATH: join(this.folder, 'bin'), FOLDER: this.folder, NODE: process.execPath };
    const argv = [join(this.folder, 'setup', 'bootstrap.mjs'), ...args];
    const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        text[name] += chunk;
      });
    }
    return { child, ended: new Promise((ended) => child.once('close', (code) => ended({ code, ...text }))) };
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  journal(): string[] {
    const file = join(this.folder, 'journal');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (holds()) return;
    await pause(50);
  }
  throw new Error(`waited 30 s in vain until ${what}`);
}

describe('setup: bootstrap', () => {
  it('installs the locked packages once, then hands over with Node and its tools first on PATH', async () => {
    await inScratch(async (folder) => {
      const fresh = new Fresh(folder);
      const first = await fresh.run('setup', '0', '--check');
      assert.equal(first.code, 0, first.stderr);
      assert.deepEqual(JSON.parse(first.stdout), {
        argv: ['0', '--check'],
        path: join(folder, 'node_modules', '.bin'),
      });
      assert.match(first.stderr, /Installing the locked npm packages/);
      const second = await fresh.run('setup', '0');
      assert.equal(second.stderr, '');
      assert.equal(fresh.journal().length, 1);
      assert.match(fresh.journal()[0] ?? '', /^npm ci --ignore-scripts/);
    });
  });

  it('installs again when the lock file changed', async () => {
    await inScratch(async (folder) => {
      const fresh = new Fresh(folder);
      await fresh.run('setup', '0');
      writeFileSync(join(folder, 'package-lock.json'), '{"changed":true}');
      await fresh.run('setup', '0');
      assert.equal(fresh.journal().length, 2);
    });
  });

  it('installs once when two start at the same time', async () => {
    await inScratch(async (folder) => {
      const fresh = new Fresh(folder);
      const both = await Promise.all([fresh.run('setup', '0'), fresh.run('setup', '0')]);
      assert.deepEqual(
        both.map(({ code }) => code),
        [0, 0],
      );
      assert.equal(fresh.journal().length, 1);
    });
  });

  it('does not take an installation that was broken off for a whole one', async () => {
    await inScratch(async (folder) => {
      const fresh = new Fresh(
        folder,
        npm.replace('sleep 0.3', () => '[ -e "$FOLDER/second" ] || kill -9 $$'),
      );
      const first = await fresh.run('setup', '0');
      assert.equal(first.code, 1);
      assert.ok(existsSync(join(folder, 'node_modules')));
      writeFileSync(join(folder, 'second'), '');
      const second = await fresh.run('setup', '0');
      assert.equal(second.code, 0, second.stderr);
      assert.equal(fresh.journal().length, 2);
    });
  });

  it('tells npm’s own reason when it fails, and no stack trace', async () => {
    await inScratch(async (folder) => {
      const script = [
        '#!/bin/sh',
        'echo npm warn something old',
        'echo npm error code ECONNREFUSED',
        'echo npm error request to the registry failed',
        'exit 1',
      ];
      const { code, stderr } = await new Fresh(folder, script.join('\n')).run('setup', '0');
      assert.equal(code, 1);
      assert.match(stderr, /npm could not install.*npm-ci\.log.*ECONNREFUSED.*request to the registry failed/s);
      assert.doesNotMatch(stderr, /something old|at .*bootstrap/);
    });
  });

  it('says in one sentence that npm is missing', async () => {
    await inScratch(async (folder) => {
      const { code, stderr } = await new Fresh(folder, null).run('setup', '0');
      assert.equal(code, 1);
      assert.match(stderr, /npm is missing: it comes with Node/);
      assert.doesNotMatch(stderr, /at .*bootstrap/);
    });
  });

  it('says what there is when it is asked for something else', async () => {
    await inScratch(async (folder) => {
      const { code, stderr } = await new Fresh(folder).run('toString');
      assert.equal(code, 1);
      assert.match(stderr, /start, test, setup, bench, calispray, mocha/);
    });
  });

  it('gives the exit code of what it handed over to', async () => {
    await inScratch(async (folder) => {
      assert.equal((await new Fresh(folder).run('setup', '42')).code, 42);
    });
  });

  it('passes SIGTERM on and waits for the answer', async () => {
    await inScratch(async (folder) => {
      const fresh = new Fresh(folder);
      const { child, ended } = fresh.start('setup', 'wait');
      let out = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        out += chunk;
      });
      await until('the child runs', () => out !== '');
      child.kill('SIGTERM');
      assert.equal((await ended).code, 7);
    });
  });

  it('leaves its record inside node_modules, where npm ci takes it away', async () => {
    await inScratch(async (folder) => {
      await new Fresh(folder).run('setup', '0');
      const digest = createHash('sha256').update('{}').digest('hex');
      assert.equal(readFileSync(join(folder, 'node_modules', '.calispray-lock'), 'utf8').trim(), digest);
    });
  });
});
