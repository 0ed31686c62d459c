import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lab/command.ts';
import { acquireLock } from '../../lab/lock.ts';

describe('the lab’s lock', () => {
  let path: string;
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'calispray-lock-')), 'labs', 'mine.lock');
  });
  afterEach(() => rmSync(join(path, '../..'), { recursive: true }));

  it('lets the second wait until the first is done', async () => {
    const first = await acquireLock(path);
    const lines: string[] = [];
    const second = acquireLock(path, (line) => lines.push(line), 30);
    const winner = await Promise.race([second.then(() => 'second'), untilSaid(lines)]);
    assert.equal(winner, 'said');
    assert.match(lines.join(), new RegExp(`waiting for process ${process.pid}`));
    first.release();
    (await second).release();
  });

  it('names the holder when waiting was of no use', async () => {
    const first = await acquireLock(path);
    await assert.rejects(
      acquireLock(path, undefined, 0),
      new RegExp(`refused lab-busy at CALISPRAY_LAB: process ${process.pid}`),
    );
    first.release();
  });

  it('is free once its holder was killed', async () => {
    const script = `
      const { acquireLock } = await import(${JSON.stringify(new URL('../../lab/lock.ts', import.meta.url).href)});
      await acquireLock(${JSON.stringify(path)});
      console.log('held');
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.match(String((await once(holder.stdout, 'data'))[0]), /held/);
    await assert.rejects(acquireLock(path, undefined, 0), new RegExp(`process ${holder.pid} `));
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    (await acquireLock(path, undefined, 0)).release();
  });

  it('stays while a command that was run under it goes on', async () => {
    const lock = await acquireLock(path);
    const command = run('sleep', ['0.5']);
    lock.release();
    await assert.rejects(acquireLock(path, undefined, 0), /lab-busy/);
    await command;
    (await acquireLock(path, undefined, 0)).release();
  });

  it('takes its file away when told so, and a waiter makes its own', async () => {
    const first = await acquireLock(path);
    const lines: string[] = [];
    const second = acquireLock(path, (line) => lines.push(line), 30);
    await untilSaid(lines);
    first.release(true);
    const lock = await second;
    assert.ok(existsSync(path));
    lock.release(true);
    assert.ok(!existsSync(path));
  });
});

async function untilSaid(lines: readonly string[]): Promise<string> {
  for (let tries = 0; lines.length === 0; tries++) {
    if (tries > 1000) throw new Error('nobody waited for the lock within 10 s');
    await new Promise((wake) => setTimeout(wake, 10));
  }
  return 'said';
}
