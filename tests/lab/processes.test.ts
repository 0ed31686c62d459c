import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import {
  isRunning,
  listens,
  netnsOf,
  type ProcessRecord,
  parseProcessRecord,
  parseStat,
  processesIn,
} from '../../lab/processes.ts';

function recordOf(pid: number): ProcessRecord {
  const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  assert.ok(stat);
  return { pid, started: stat.started };
}

describe('processes', () => {
  it('are read from /proc/<pid>/stat, whatever their name holds', () => {
    const fields = 'S 7 10 10 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 237796 1000 5';
    assert.deepEqual(parseStat(`42 (a) b (c) ${fields}`), { pid: 42, state: 'S', parent: 7, started: '237796' });
    assert.equal(parseStat('42 (cut'), undefined);
    assert.equal(parseStat('42 (cut) S 7'), undefined);
  });

  it('are recorded as id and start time', () => {
    assert.deepEqual(parseProcessRecord('42 237796\n'), { pid: 42, started: '237796' });
    for (const text of ['', '42', '42 x', '42 1 2', '-1 2']) assert.equal(parseProcessRecord(text), undefined);
  });

  it('run while id and start time fit, and not after they ended', async () => {
    const child = spawn('sleep', ['60']);
    const record = recordOf(child.pid ?? 0);
    assert.ok(isRunning(record));
    assert.ok(!isRunning({ ...record, started: '1' }), 'the id is used again by another process');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(!isRunning(record));
  });

  it('are found by network namespace, except this one and those that started it', async () => {
    const child = spawn('sleep', ['60']);
    const own = netnsOf('self');
    assert.ok(own);
    const found = processesIn(new Set([own])).map((process) => process.pid);
    assert.ok(found.includes(child.pid ?? 0));
    assert.ok(!found.includes(process.pid));
    assert.ok(!found.includes(process.ppid));
    assert.deepEqual(processesIn(new Set()), []);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('are seen to listen on every address, and not when on one alone', async () => {
    const everywhere = createServer().listen(0, '0.0.0.0');
    const here = createServer().listen(0, '127.0.0.1');
    await Promise.all([once(everywhere, 'listening'), once(here, 'listening')]);
    const port = (server: typeof here) => (server.address() as { port: number }).port;
    assert.ok(listens(process.pid, port(everywhere)));
    assert.ok(!listens(process.pid, port(here)));
    everywhere.close();
    here.close();
    assert.ok(!listens(2 ** 22 + 1, 22), 'no such process');
  });
});
