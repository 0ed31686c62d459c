import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../cluster/finding.ts';
import { lock } from '../../setup/lock.ts';
import { complete, isComplete } from '../../setup/store.ts';
import { inScratch } from './support/scratch.ts';

const program = join(import.meta.dirname, 'support', 'fill.ts');

interface Maker {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
}

function maker(folder: string, mode: string): Maker {
  const argv = [program, join(folder, 'part'), mode, join(folder, 'journal')];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  return { child, ended: new Promise((ended) => child.once('exit', (code) => ended(code))) };
}

const journal = (folder: string): string[] =>
  existsSync(join(folder, 'journal')) ? readFileSync(join(folder, 'journal'), 'utf8').trim().split('\n') : [];

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (holds()) return;
    await pause(50);
  }
  throw new Error(`waited 30 s in vain until ${what}`);
}

describe('setup: store', () => {
  it('makes a part once when two set-ups want it at the same time', async () => {
    await inScratch(async (folder) => {
      const both = [maker(folder, 'quick'), maker(folder, 'quick')];
      assert.deepEqual(await Promise.all(both.map(({ ended }) => ended)), [0, 0]);
      assert.deepEqual(journal(folder), ['fills']);
      assert.deepEqual(readdirSync(folder).sort(), ['journal', 'part', 'part.lock']);
      assert.ok(isComplete(join(folder, 'part')));
    });
  });

  it('never uses what a killed set-up left, takes its lock over and cleans up', async () => {
    await inScratch(async (folder) => {
      const killed = maker(folder, 'hang');
      await until('the first one fills', () => journal(folder).length > 0);
      const waiting = maker(folder, 'quick');
      killed.child.kill('SIGKILL');
      await killed.ended;
      assert.equal(await waiting.ended, 0);
      assert.deepEqual(journal(folder), ['fills', 'fills']);
      assert.deepEqual(readdirSync(folder).sort(), ['journal', 'part', 'part.lock']);
      assert.ok(existsSync(join(folder, 'part', 'whole')));
    });
  });

  it('waits for a build that outlives the set-up that started it', async () => {
    await inScratch(async (folder) => {
      const killed = maker(folder, 'hang-with-child');
      await until('the first one fills', () => journal(folder).includes('fills'));
      killed.child.kill('SIGKILL');
      await killed.ended;
      const build = Number(journal(folder)[0]?.split(' ')[1]);
      try {
        await assert.rejects(lock(join(folder, 'part.lock'), { timeout: 1 }), UserError);
      } finally {
        process.kill(build, 'SIGKILL');
      }
      (await lock(join(folder, 'part.lock'))).release();
    });
  });

  it('takes a folder without its marker for nothing', async () => {
    await inScratch(async (folder) => {
      const place = join(folder, 'part');
      mkdirSync(place);
      writeFileSync(join(place, 'old'), 'from somewhere');
      mkdirSync(`${place}.partial-1-x`);
      assert.ok(!isComplete(place));
      await complete(place, async ({ into }) => writeFileSync(join(into, 'new'), 'made'));
      assert.deepEqual(readdirSync(place).sort(), ['.complete', 'new']);
      assert.deepEqual(readdirSync(folder).sort(), ['part', 'part.lock']);
    });
  });

  it('keeps nothing when making it fails, and can try again', async () => {
    await inScratch(async (folder) => {
      const place = join(folder, 'part');
      await assert.rejects(
        complete(place, async ({ into }) => {
          writeFileSync(join(into, 'half'), '');
          throw new Error('no luck');
        }),
        /no luck/,
      );
      assert.deepEqual(readdirSync(folder), ['part.lock']);
      assert.equal(await complete(place, async () => 'made'), 'made');
      assert.equal(await complete(place, async () => 'made twice'), undefined);
    });
  });

  it('says that it waits, once, and who holds the lock after the timeout', async () => {
    await inScratch(async (folder) => {
      const held = await lock(join(folder, 'lock'));
      let waits = 0;
      const onWait = (): void => {
        waits += 1;
      };
      await assert.rejects(lock(join(folder, 'lock'), { timeout: 0, onWait }), /setup-lock/);
      assert.equal(waits, 1);
      held.release();
      (await lock(join(folder, 'lock'), { onWait })).release();
      assert.equal(waits, 1);
    });
  });
});
