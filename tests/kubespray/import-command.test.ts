import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calispray } from '../support/command.ts';

const fixtures = join(import.meta.dirname, 'import');

describe('calispray import', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-import-'));
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\n');
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('prints a stack file that check and render take, and proves it', () => {
    const made = join(dir, 'made.yaml');
    const inventory = join(import.meta.dirname, 'golden/dev');
    const { code, out, err } = calispray('import', inventory);
    assert.equal(code, 0);
    assert.match(err, /Rendered and imported again, it is the same cluster\.\n$/);
    writeFileSync(made, out);
    assert.equal(calispray('check', '--spec', made).code, 0);
    const rendered = join(dir, 'rendered');
    assert.equal(calispray('render', '--spec', made, '--out', rendered).code, 0);
    const variables = (path: string) =>
      readFileSync(join(path, 'group_vars/k8s_cluster/k8s-net-calico.yml'), 'utf8').replace(/^\s*#.*\n/gm, '');
    assert.equal(variables(rendered), variables(inventory));
  });

  it('writes the file of a stack, once, and says what was wrong by file and line', () => {
    const inventory = join(fixtures, 'default-configuration/inventory');
    const first = calispray('-C', dir, 'import', inventory, '--stack', 'own');
    assert.equal(first.code, 1);
    assert.match(first.out, /^refused datastore at \S*group_vars\/k8s_cluster\/k8s-net-calico\.yml:21: /m);
    assert.match(first.out, /^4 refused, 3 harmful, 4 advice$/m);
    assert.match(first.out, /^Written to \S*Pulumi\.own\.yaml: 3 nodes, 0 extra variables\.$/m);
    assert.equal(calispray('-C', dir, 'check', '--stack', 'own').code, 0);
    const text = readFileSync(join(dir, 'Pulumi.own.yaml'), 'utf8');
    const again = calispray('-C', dir, 'import', join(fixtures, 'customizing/inventory'), '--stack', 'own');
    assert.deepEqual([again.code, /file-there/.test(again.err)], [1, true]);
    assert.equal(readFileSync(join(dir, 'Pulumi.own.yaml'), 'utf8'), text);
    calispray('-C', dir, 'import', join(fixtures, 'customizing/inventory'), '--stack', 'own', '--force');
    assert.match(readFileSync(join(dir, 'Pulumi.own.yaml'), 'utf8'), /name: own\n/);
  });

  it('gives one JSON document, for an import as for one that fails', () => {
    const made = JSON.parse(calispray('import', join(fixtures, 'routers-by-hand/inventory/hosts.yml'), '--json').out);
    assert.deepEqual(
      [made.ok, made.same, made.file, made.cluster.network.bgp.topology],
      [false, true, null, 'routers'],
    );
    const failed = JSON.parse(calispray('import', join(dir, 'nowhere'), '--json').out);
    assert.deepEqual([failed.ok, failed.findings[0].code], [false, 'no-such-folder']);
  });

  it('shows no secret of the inventory, wherever it looks', () => {
    for (const json of [[], ['--json']]) {
      const { out, err } = calispray('import', join(fixtures, 'secrets/inventory'), ...json);
      assert.match(out, /ansible_become_password|kubespray/);
      assert.doesNotMatch(out + err, /planted-secret/);
    }
  });

  it('takes the release that it is told, and no other', () => {
    const inventory = join(fixtures, 'default-configuration/inventory');
    assert.match(calispray('import', inventory, '--kubespray', 'v2.28.1').out, /version: "?3\.27\.0"?$/m);
    const { code, err } = calispray('import', inventory, '--kubespray', 'v1.0.0');
    assert.deepEqual([code, /unknown-release.*\n.*v2\.31\.0/.test(err)], [1, true]);
  });

  const spoilt: [string, (inventory: string) => void, RegExp][] = [
    [
      'is not UTF-8',
      (i) => writeFileSync(join(i, 'group_vars/all.yml'), Buffer.from([0x61, 0x3a, 0xff])),
      /not-utf8 at \S*all\.yml:1/,
    ],
    [
      'is binary',
      (i) => writeFileSync(join(i, 'hosts.yaml'), Buffer.alloc(64)),
      /control-character at \S*hosts\.yaml:1/,
    ],
    ['is huge', (i) => writeFileSync(join(i, 'group_vars/all.yml'), `a: ${'x'.repeat(9 << 20)}`), /larger than 8 MiB/],
    ['is broken', (i) => writeFileSync(join(i, 'group_vars/all.yml'), 'a: 1\nb: [\n'), /not-yaml at \S*all\.yml:\d/],
    ['is empty', (i) => writeFileSync(join(i, 'hosts.yaml'), ''), /no-groups at \S*hosts\.yaml:1/],
    ['is a list', (i) => writeFileSync(join(i, 'group_vars/all.yml'), '- a\n'), /wrong-type at \S*all\.yml:1/],
    ['is not there', (i) => rmSync(join(i, 'hosts.yaml')), /no-inventory/],
    [
      'is garbage',
      (i) => {
        rmSync(join(i, 'hosts.yaml'));
        writeFileSync(join(i, 'inventory.ini'), '[all]\nn1 =\n]][[\n');
      },
      /bad-ini at \S*inventory\.ini:2/,
    ],
  ];
  for (const [what, spoil, expected] of spoilt) {
    it(`writes nothing where a file ${what}, and says where`, () => {
      const inventory = join(dir, what.replaceAll(' ', '-'));
      cpSync(join(fixtures, 'default-configuration/inventory'), inventory, { recursive: true });
      spoil(inventory);
      const { code, out, err } = calispray('import', inventory, '--out', join(dir, 'spoilt.yaml'));
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, expected);
      assert.doesNotMatch(err, /\n\s+at /);
      assert.equal(existsSync(join(dir, 'spoilt.yaml')), false);
    });
  }

  it('is not led astray by links, pipes and folders of other names', () => {
    const inventory = join(dir, 'odd');
    cpSync(join(fixtures, 'default-configuration/inventory'), inventory, { recursive: true });
    symlinkSync(inventory, join(inventory, 'group_vars', 'round'));
    symlinkSync('/nonexistent', join(inventory, 'group_vars', 'nowhere.yml'));
    mkdirSync(join(inventory, 'credentials'));
    writeFileSync(join(inventory, 'credentials', 'x.yml'), 'broken: [');
    spawnSync('mkfifo', [join(inventory, 'group_vars', 'pipe.yml')]);
    const { code, err } = calispray('import', inventory);
    assert.equal(code, 1);
    assert.match(err, /it is the same cluster/);
  });

  it('says that its file cannot be written, without a stack trace', () => {
    const plain = join(dir, 'plain');
    writeFileSync(plain, '');
    for (const force of [[], ['--force']]) {
      const { code, err } = calispray(
        'import',
        join(import.meta.dirname, 'golden/dev'),
        '--out',
        join(plain, 'x.yaml'),
        ...force,
      );
      assert.equal(code, 1);
      assert.match(err, /^refused not-written: .*ENOTDIR/m);
      assert.doesNotMatch(err, /\n\s+at |This is a bug/);
    }
  });
});
