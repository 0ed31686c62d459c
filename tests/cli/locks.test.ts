import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describeLock, judgeLock, type Lock, parseLocks } from '../../cli/engine/locks.ts';

// As pulumi 3.259.0 wrote it.
const said = `error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///state/backend/.pulumi/locks/organization/calispray/dev/fefc4bfe.json: created by root@vm (pid 28799) at 2026-11-23T07:59:07Z
  s3://bucket/.pulumi/locks/organization/calispray/dev/0a1b.json: created by ci@runner-7 (pid 12) at 2026-11-23T09:59:07+02:00
`;
const taken = new Date('2026-11-23T07:59:07Z');
const lock: Lock = { url: 'file:///x.json', user: 'root', host: 'vm', pid: 28799, since: taken };
const machine = (found: { orphan: boolean; started: Date } | undefined) => ({ hostname: 'vm', find: () => found });

describe('locks of a file backend', () => {
  it("are read from the engine's words", () => {
    assert.deepEqual(parseLocks(said), [
      { ...lock, url: 'file:///state/backend/.pulumi/locks/organization/calispray/dev/fefc4bfe.json' },
      {
        url: 's3://bucket/.pulumi/locks/organization/calispray/dev/0a1b.json',
        user: 'ci',
        host: 'runner-7',
        pid: 12,
        since: taken,
      },
    ]);
    assert.deepEqual(parseLocks('error: incorrect passphrase'), []);
  });

  it('are dead where the process is gone, or its number is used again', () => {
    assert.equal(judgeLock(lock, machine(undefined)), 'dead');
    assert.equal(judgeLock(lock, machine({ orphan: false, started: new Date('2026-11-23T08:30:00Z') })), 'dead');
  });

  it('are held by whoever began before them', () => {
    const before = new Date('2026-11-23T07:59:05Z');
    assert.equal(judgeLock(lock, machine({ orphan: false, started: before })), 'alive');
    assert.equal(judgeLock(lock, machine({ orphan: true, started: before })), 'ending');
  });

  it('of another machine are never judged dead', () => {
    assert.equal(judgeLock({ ...lock, host: 'elsewhere' }, machine(undefined)), 'elsewhere');
  });

  it('are judged by the real processes of this machine', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const own: Lock = { ...lock, host: hostname(), pid: child.pid ?? 0, since: new Date() };
    assert.equal(judgeLock(own), 'alive');
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    assert.equal(judgeLock(own), 'dead');
  });

  it('are described so that the holder can be found', () => {
    assert.equal(describeLock(lock), 'root@vm, process 28799, since 2026-11-23 07:59:07 UTC');
  });
});
