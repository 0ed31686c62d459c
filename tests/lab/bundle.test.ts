import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBundle } from '../../lab/bundle.ts';

describe('the bundle for a controller without internet', () => {
  let dir: string;
  const at = (...parts: string[]) => join(dir, ...parts);
  const bundle = () => makeBundle(at('bundle.tar'), at('some.wheels'), at('kubespray'));
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-bundle-'));
    mkdirSync(at('kubespray', 'roles'), { recursive: true });
    mkdirSync(at('kubespray', '__pycache__'));
    mkdirSync(at('some.wheels'));
    writeFileSync(at('kubespray', 'cluster.yml'), '- hosts: all\n');
    writeFileSync(at('kubespray', 'roles', 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(at('kubespray', '__pycache__', 'x.pyc'), 'x');
    writeFileSync(at('some.wheels', 'requirements.txt'), 'ansible==11.13.0\n');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('holds playbooks and wheels under their names, sorted, nobody’s, without a time', async () => {
    assert.equal(await bundle(), true);
    const listed = execFileSync('tar', ['--utc', '-tvf', at('bundle.tar')], { encoding: 'utf8' });
    const rows = listed
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ').split(' '));
    assert.deepEqual(
      rows.map(([mode, owner, , date, , name]) => [mode, owner, date, name]),
      [
        ['drwxr-xr-x', '0/0', '1970-01-01', 'kubespray/'],
        ['-rw-r--r--', '0/0', '1970-01-01', 'kubespray/cluster.yml'],
        ['drwxr-xr-x', '0/0', '1970-01-01', 'kubespray/roles/'],
        ['-rwxr-xr-x', '0/0', '1970-01-01', 'kubespray/roles/run.sh'],
        ['drwxr-xr-x', '0/0', '1970-01-01', 'wheels/'],
        ['-rw-r--r--', '0/0', '1970-01-01', 'wheels/requirements.txt'],
      ],
    );
  });

  it('is the same bytes from the same files, whenever and with whatever umask they came', async () => {
    await bundle();
    const first = readFileSync(at('bundle.tar'));
    assert.equal(
      readFileSync(at('bundle.tar.sha256'), 'utf8').trim(),
      createHash('sha256').update(first).digest('hex'),
    );
    utimesSync(at('some.wheels', 'requirements.txt'), 1, 1);
    utimesSync(at('kubespray'), 1, 1);
    chmodSync(at('kubespray', 'cluster.yml'), 0o600);
    assert.equal(await bundle(), true);
    assert.deepEqual(readFileSync(at('bundle.tar')), first);
  });

  it('is made again only when something in it changed', async () => {
    await bundle();
    assert.equal(await bundle(), false);
    writeFileSync(at('kubespray', 'cluster.yml'), '- hosts: none\n');
    assert.equal(await bundle(), true);
    chmodSync(at('kubespray', 'cluster.yml'), 0o755);
    assert.equal(await bundle(), true);
    writeFileSync(at('some.wheels', 'another.whl'), 'x');
    assert.equal(await bundle(), true);
    assert.equal(await bundle(), false);
    rmSync(at('bundle.tar'));
    assert.equal(await bundle(), true);
  });

  it('says that set-up has to bring the wheels', async () => {
    rmSync(at('some.wheels'), { recursive: true });
    await assert.rejects(bundle(), /missing-set-up.*\n.*npm run setup/);
  });
});
