import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bootId,
  emptyRecord,
  type LabRecord,
  labPaths,
  readIfThere,
  readRecord,
  stateDir,
  writeAtomically,
  writeRecord,
} from '../../lab/state.ts';

describe('the lab’s record', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-state-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const record: LabRecord = {
    version: 1,
    boot: 'this-boot',
    phase: 'in-use',
    namespaces: { router: 4026532623, homelab: 'making' },
    cgroups: ['/sys/fs/cgroup/pids/calispray-lab-homelab'],
  };

  it('comes back as it was written', () => {
    writeRecord(join(dir, 'lab.json'), record);
    assert.deepEqual(readRecord(join(dir, 'lab.json'), 'this-boot'), record);
  });

  it('is forgotten after a reboot, but for a removal that was broken off', () => {
    writeRecord(join(dir, 'lab.json'), { ...record, phase: 'removing' });
    assert.deepEqual(readRecord(join(dir, 'lab.json'), 'next-boot'), {
      ...emptyRecord('next-boot'),
      phase: 'removing',
    });
  });

  it('is undefined where there is none', () => {
    assert.equal(readRecord(join(dir, 'lab.json'), 'this-boot'), undefined);
    assert.equal(readRecord(join(dir, 'no', 'lab.json'), 'this-boot'), undefined);
  });

  it('refuses to guess what a record means that it cannot read', () => {
    for (const text of ['', '{', '{"version":2}', JSON.stringify({ ...record, more: 1 })]) {
      writeFileSync(join(dir, 'lab.json'), text);
      assert.throws(() => readRecord(join(dir, 'lab.json'), 'this-boot'), /refused lab-record/);
    }
  });

  it('is for its owner alone, and leaves no half file', () => {
    writeRecord(join(dir, 'lab.json'), record);
    assert.equal(statSync(join(dir, 'lab.json')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(dir), ['lab.json']);
  });

  it('lies where CALISPRAY_STATE says', () => {
    assert.equal(stateDir({ CALISPRAY_STATE: '/elsewhere' }), '/elsewhere');
    assert.match(stateDir({ CALISPRAY_STATE: '' }), /\/\.local\/state\/calispray$/);
    assert.deepEqual(labPaths('mine', '/elsewhere').knownHosts, '/elsewhere/labs/mine/known_hosts');
    assert.deepEqual(labPaths('mine', '/elsewhere').lock, '/elsewhere/labs/mine.lock');
  });

  it('knows this boot', () => assert.match(bootId(), /^[0-9a-f-]{36}$/));
});

describe('reading and writing files', () => {
  it('gives undefined for what is not there and throws for what is something else', () => {
    const dir = mkdtempSync(join(tmpdir(), 'calispray-files-'));
    writeAtomically(join(dir, 'a'), 'text', 0o644);
    assert.equal(readIfThere(join(dir, 'a')), 'text');
    assert.equal(readIfThere(join(dir, 'b')), undefined);
    assert.throws(() => readIfThere(dir), /EISDIR/);
    rmSync(dir, { recursive: true });
  });
});
