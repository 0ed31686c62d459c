import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../../cluster/finding.ts';
import { release, releases } from '../../cluster/releases.ts';
import { type Recorded, releaseIn, withRelease } from '../../setup/kubespray-release.ts';

const root = join(import.meta.dirname, '../..');

/** A checkout with nothing but what is read of it. */
const checkout: Readonly<Record<string, string>> = {
  'requirements.txt': '# pinned\nansible==12.1.0\ncryptography==46.0.3\n',
  'playbooks/ansible_version.yml':
    '- hosts: all\n  vars:\n    minimal_ansible_version: 2.19.0\n    maximal_ansible_version: 2.20.0\n',
  'roles/kubespray_defaults/defaults/main/main.yml':
    'kube_version: "{{ (kubelet_checksums[\'amd64\'] | dict2items)[0].key }}"\n',
  'roles/kubespray_defaults/vars/main/checksums.yml':
    'kubelet_checksums:\n  arm64:\n    1.36.9: sha256:0\n  amd64:\n    1.36.1: sha256:1\n    1.36.0: sha256:2\n    1.35.4: sha256:3\ncalicoctl_binary_checksums:\n  amd64:\n    3.32.0: sha256:4\n    3.31.5: sha256:5\n',
  'roles/network_plugin/calico_defaults/defaults/main.yml':
    'calico_pool_blocksize: 26\ncalico_new: true\ncalico_node_cpu_limit: "0"\n',
};
const before = { calico_pool_blocksize: 26, calico_node_cpu_limit: '300m', calico_old: 1 };
const identity = { tag: 'v2.32.0', commit: 'c'.repeat(40), date: '2026-08-01' };
const reads = (files: Readonly<Record<string, string>>) => (path: string) => files[path];

const expected = {
  ...identity,
  ansible: '12.1.0',
  ansibleCore: ['2.19.0', '2.20.0'],
  kubernetes: '1.36.1',
  kubernetesVersions: ['1.36.1', '1.36.0', '1.35.4'],
  calico: '3.32.0',
  calicoVersions: ['3.32.0', '3.31.5'],
  versionsCarryV: false,
  rolesFolderOfDefaults: 'kubespray_defaults',
  calicoVariablesAdded: ['calico_new'],
  calicoVariablesRemoved: ['calico_old'],
  calicoDefaultsChanged: { calico_node_cpu_limit: ['300m', '0'] },
};

describe('a release of kubespray', () => {
  it('is read off a checkout, and compared with the one before', () => {
    assert.deepEqual(releaseIn(reads(checkout), identity, before).release, expected);
  });

  it('is read off the older layout too', () => {
    const older = Object.fromEntries(
      Object.entries(checkout).map(([path, text]) => [
        path.replace('roles/kubespray_defaults/', 'roles/kubespray-defaults/').replace('vars/main', 'defaults/main'),
        text.replaceAll(/^( {4})(\d)/gm, '$1v$2'),
      ]),
    );
    const { release: read } = releaseIn(reads(older), identity, before);
    assert.deepEqual(
      [read.rolesFolderOfDefaults, read.versionsCarryV, read.kubernetes],
      ['kubespray-defaults', true, 'v1.36.1'],
    );
  });

  it('goes behind the known ones, and is what the next one is compared with', () => {
    const recorded: Recorded = { calicoDefaults: before, releases };
    const next = withRelease(recorded, reads(checkout), identity);
    assert.deepEqual(next.releases, [...releases, expected]);
    assert.deepEqual(next.calicoDefaults, { calico_pool_blocksize: 26, calico_new: true, calico_node_cpu_limit: '0' });
    const again = withRelease(next, reads(checkout), { ...identity, tag: 'v2.100.0' }).releases.at(-1);
    assert.deepEqual(
      [again?.calicoVariablesAdded, again?.calicoVariablesRemoved, again?.calicoDefaultsChanged],
      [[], [], {}],
    );
  });

  it('that is known, or older than the newest, is refused', () => {
    for (const tag of ['v2.31.0', 'v2.30.1', 'v2.9.0', 'v1.99.0']) {
      assert.throws(
        () => withRelease({ calicoDefaults: before, releases }, reads(checkout), { ...identity, tag }),
        (error) => error instanceof UserError && error.findings[0]?.code === 'not-newer',
        tag,
      );
    }
  });

  it('lacks no file: the one that is missing or otherwise is named', () => {
    for (const path of Object.keys(checkout).filter((name) => !name.includes('calico'))) {
      for (const files of [
        { ...checkout, [path]: undefined },
        { ...checkout, [path]: 'other: 1\n' },
      ]) {
        if (path.endsWith('main/main.yml') && files[path] !== undefined) continue;
        assert.throws(
          () => releaseIn((name) => (files as Record<string, string | undefined>)[name], identity, before),
          (error) =>
            error instanceof UserError &&
            error.findings[0]?.code === 'not-kubespray' &&
            error.message.includes(dirname(path)),
          path,
        );
      }
    }
  });

  it('is shown by the command, from Git and without, and nothing is written', () => {
    const dir = mkdtempSync(join(tmpdir(), 'calispray-release-'));
    const recorded = readFileSync(join(root, 'cluster/releases.json'), 'utf8');
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(root, 'setup/add-release.ts'), ...args], { encoding: 'utf8' });
    try {
      for (const [path, text] of Object.entries(checkout)) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), text);
      }
      const plain = run(dir, 'v2.32.0', '--print', '--commit', identity.commit, '--date', identity.date);
      assert.deepEqual([plain.stderr, JSON.parse(plain.stdout).kubernetes], ['', '1.36.1']);
      assert.match(run(dir, 'v2.32.0', '--print').stderr, /^refused no-git.*\n.*--commit/);
      assert.match(run(dir, '2.32').stderr, /^refused usage/);

      const git = (...args: string[]) =>
        execFileSync('git', ['-C', dir, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
          encoding: 'utf8',
          stdio: 'pipe',
          env: { ...process.env, GIT_COMMITTER_DATE: '2026-08-01T12:00:00Z', GIT_CONFIG_GLOBAL: '/dev/null' },
        }).trim();
      git('init', '-q');
      git('add', '.');
      git('commit', '-q', '-m', 'release');
      git('tag', 'v2.32.0');
      const { commit, date } = JSON.parse(run(dir, 'v2.32.0', '--print').stdout);
      assert.deepEqual([commit, date], [git('rev-parse', 'HEAD'), '2026-08-01']);
      git('commit', '-q', '--allow-empty', '-m', 'later');
      assert.match(run(dir, 'v2.32.0', '--print').stderr, /^refused not-that-tag/);
    } finally {
      rmSync(dir, { recursive: true });
    }
    assert.equal(readFileSync(join(root, 'cluster/releases.json'), 'utf8'), recorded);
  });
});

describe('the recorded releases', () => {
  it('are whole: oldest first, each default the newest version, no version with a v', () => {
    assert.deepEqual(
      releases.map(({ tag }) => tag),
      ['v2.28.0', 'v2.28.1', 'v2.29.0', 'v2.29.1', 'v2.30.0', 'v2.31.0'],
    );
    for (const one of releases) {
      assert.equal(release(one.tag), one);
      assert.deepEqual([one.kubernetesVersions[0], one.calicoVersions[0]], [one.kubernetes, one.calico], one.tag);
      assert.match(`${one.commit} ${one.date}`, /^[0-9a-f]{40} \d{4}-\d\d-\d\d$/);
      assert.equal(one.versionsCarryV, false);
      for (const version of [...one.kubernetesVersions, ...one.calicoVersions])
        assert.match(version, /^\d+\.\d+\.\d+$/);
    }
    assert.equal(release('v9.9.9'), undefined);
    assert.deepEqual(release('v2.29.0')?.calicoVariablesAdded, ['calico_nftable_mode']);
  });
});
