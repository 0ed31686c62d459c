import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireMachine, requireRoot } from '../../lab/requirements.ts';

describe('what the lab needs', () => {
  it('is root, and says `sudo` and what goes without', () => {
    assert.throws(
      () => requireRoot(1000, ''),
      /lab-needs-root.*\n.*`sudo`.*`npm run preview -- --stack dev` needs neither/,
    );
  });

  it('is a root that may do it: in a container it may not', () => {
    assert.throws(() => requireRoot(0, 'CapEff:\t00000000a80425fb\n'), /no CAP_NET_ADMIN, CAP_SYS_ADMIN here/);
    requireRoot(0, 'CapEff:\t000001ffffffffff\n');
  });

  it('is set-up, and every missing part is named at once', async () => {
    const none = '/nowhere/at/all';
    await assert.rejects(
      requireMachine('/nowhere/at/all/labs/lab', { base: none, bin: none, crds: none }),
      /base image.*npm run setup.*programs.*custom resource definitions/s,
    );
  });

  it('is tools on PATH, each named with its package', async () => {
    const [path, empty] = [process.env.PATH, mkdtempSync(join(tmpdir(), 'calispray-path-'))];
    process.env.PATH = empty;
    try {
      await assert.rejects(
        requireMachine(empty, { base: empty, bin: empty, crds: empty }),
        /`ip` is not on PATH.*apt-get install iproute2.*`nsenter`/s,
      );
    } finally {
      process.env.PATH = path;
      rmSync(empty, { recursive: true });
    }
  });

  it('is a kernel with overlay, veth and bridge, each named', async () => {
    const [path, dir] = [process.env.PATH, mkdtempSync(join(tmpdir(), 'calispray-kernel-'))];
    mkdirSync(join(dir, 'usr/sbin'), { recursive: true });
    writeFileSync(join(dir, 'usr/sbin/sshd'), '');
    writeFileSync(join(dir, 'unshare'), '#!/bin/sh\necho "Error: Unknown device type." >&2\nexit 2\n', { mode: 0o755 });
    process.env.PATH = `${dir}:${path}`;
    try {
      const parts = /no overlay \(Error: Unknown device type\.\).*no veth .*`modprobe veth`.*no bridge/s;
      await assert.rejects(requireMachine(dir, { base: dir, bin: dir, crds: dir }), parts);
    } finally {
      process.env.PATH = path;
      rmSync(dir, { recursive: true });
    }
  });
});
