import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remoteScript } from '../../components/remote/index.ts';
import { ensureTools } from '../../setup/index.ts';

/** What a controller with internet does, with a repository on this machine: real git, a real environment, real wheels. */
describe('kubespray from its repository', function () {
  this.timeout(300_000);
  let home: string;
  let repository: string;
  let commit: string;
  let locked: string;

  before(async () => {
    const { wheels } = await ensureTools(['ansible']);
    home = mkdtempSync(join(tmpdir(), 'calispray-git-'));
    repository = join(home, 'upstream');
    mkdirSync(repository);
    // The whole of Ansible's collections is left out: what is tried is how an environment comes about.
    const all = readFileSync(join(wheels, 'requirements.txt'), 'utf8').replaceAll(/^ansible==.*\n( .*\n)+/gm, '');
    locked = `--no-index\n--find-links ${wheels}\n${all}`;
    writeFileSync(join(repository, 'requirements.txt'), 'ansible==0.0.0\n');
    const git = (...words: string[]) =>
      spawnSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], {
        encoding: 'utf8',
      });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'a release');
    git('tag', 'v2.31.0');
    commit = git('rev-parse', 'HEAD').stdout.trim();
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  const bring = (known: string, version = 'v2.31.0', requirements = locked) => {
    const variables = {
      CLUSTER: 'vm',
      DIGEST: 'd',
      REPOSITORY: `file://${repository}`,
      VERSION: version,
      COMMIT: known,
    };
    return spawnSync('sh', ['-c', remoteScript('kubespray-from-git.sh', variables)], {
      input: requirements,
      encoding: 'utf8',
      env: { HOME: home, PATH: process.env.PATH },
      timeout: 240_000,
    });
  };

  it('is refused where the tag is another commit than the one we know', () => {
    const moved = bring('0'.repeat(40));
    assert.equal(moved.status, 1);
    assert.match(moved.stderr, new RegExp(`tag v2.31.0 of .* is commit ${commit}, not 0{40}`));
  });

  it('says what else there is where it cannot be cloned', () => {
    const gone = bring(commit, 'v9.9.9');
    assert.equal(gone.status, 1);
    assert.match(gone.stderr, /could not be cloned .*kubespray\.source\.path/);
  });

  it('is refused where the index offers another file than the one we know by its hash', () => {
    const other = bring(
      commit,
      'v2.31.0',
      locked.replace(/(?<=^packaging==\S+ \\\n.*sha256:)[0-9a-f]{8}/m, '00000000'),
    );
    assert.equal(other.status, 1);
    assert.match(other.stderr, /HASHES|pip could not install/);
  });

  it('is cloned at its tag, with an environment of its own, once', () => {
    const brought = bring(commit);
    assert.equal(brought.status, 0, brought.stderr);
    assert.match(brought.stdout, /^ansible-core 2\.18\.\d+\n$/);
    rmSync(join(repository, '.git'), { recursive: true });
    assert.equal(bring(commit).stdout, brought.stdout);
  });
});
