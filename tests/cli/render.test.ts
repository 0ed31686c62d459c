import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../../cli/project.ts';
import { calispray } from '../support/command.ts';

const corpus = join(packageDir, 'tests/kubespray/corpus');

/** `calispray render` without an engine. */
const render = (...words: string[]) => calispray('render', ...words);

/** Relative path → text of every file below a folder. */
function textsIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('calispray render', () => {
  let dir: string;
  let out: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-render-'));
    out = join(dir, 'inventory');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const spec = (name: string) => join(corpus, name, 'cluster.yaml');

  it('writes every file of a spec and of a stack, and says how to run kubespray with them', () => {
    const { code, out: said } = render('--spec', spec('wireguard-mixed'), '--out', out);
    assert.equal(code, 0);
    assert.deepEqual(textsIn(out), textsIn(join(corpus, 'wireguard-mixed/inventory')));
    assert.match(said, /hosts\.yaml \(new\)/);
    assert.ok(
      said.includes(
        `ansible-playbook -b -i ${join(out, 'hosts.yaml')} -e @${join(out, 'extra-vars.json')} cluster.yml`,
      ),
    );
    const stack = join(dir, 'stack');
    assert.equal(render('--stack', 'prod', '--out', stack).code, 0);
    assert.deepEqual(textsIn(stack), textsIn(join(packageDir, 'tests/kubespray/golden/prod')));
  });

  it('takes away what an earlier rendering left, and leaves and names what is not ours', () => {
    render('--spec', spec('wireguard-mixed'), '--out', out);
    writeFileSync(join(out, 'group_vars/all/offline.yml'), 'registry_host: example.com\n');
    writeFileSync(join(out, 'notes.txt'), 'mine\n');
    const { code, out: said } = render('--spec', spec('wireguard-rocky-9'), '--out', out);
    assert.equal(code, 0);
    assert.match(said, /extra-vars\.json \(removed\)/);
    assert.match(said, /hosts\.yaml \(changed\)/);
    assert.match(said, /group_vars\/all\/offline\.yml is not ours, and Ansible reads it too/);
    const { 'group_vars/all/offline.yml': offline, 'notes.txt': notes, ...ours } = textsIn(out);
    assert.deepEqual([offline, notes], ['registry_host: example.com\n', 'mine\n']);
    assert.deepEqual(ours, textsIn(join(corpus, 'wireguard-rocky-9/inventory')));
    assert.doesNotMatch(render('--spec', spec('wireguard-rocky-9'), '--out', out).out, /\((new|changed|removed)\)/);
  });

  it('says the same as JSON', () => {
    mkdirSync(join(out, 'host_vars'), { recursive: true });
    writeFileSync(join(out, 'host_vars/one.yml'), 'a: b\n');
    const { code, out: said } = render('--spec', spec('ebpf'), '--out', out, '--json');
    assert.equal(code, 0);
    const { ok, files, others } = JSON.parse(said);
    assert.equal(ok, true);
    assert.deepEqual(
      files.map((file: { path: string; change: string }) => [file.path.slice(out.length + 1), file.change]).sort(),
      Object.keys(textsIn(join(corpus, 'ebpf/inventory'))).map((name) => [name, 'new']),
    );
    assert.deepEqual(others, [join(out, 'host_vars/one.yml')]);
  });

  it('writes nothing over an inventory that somebody else wrote', () => {
    mkdirSync(out);
    writeFileSync(join(out, 'hosts.yaml'), 'all: {}\n');
    writeFileSync(join(out, 'extra-vars.json'), '{ "kube_version": "1.34.3" }\n');
    const { code, err } = render('--spec', spec('ebpf'), '--out', out);
    assert.equal(code, 1);
    assert.match(err, /not-rendered-by-us at .*hosts\.yaml/);
    assert.match(err, /not-rendered-by-us at .*extra-vars\.json/);
    assert.equal(existsSync(join(out, 'group_vars')), false);
    assert.equal(readFileSync(join(out, 'hosts.yaml'), 'utf8'), 'all: {}\n');
  });

  it('says that a folder cannot be written, without a stack trace', () => {
    writeFileSync(out, 'a file\n');
    const { code, err } = render('--spec', spec('ebpf'), '--out', out);
    assert.equal(code, 1);
    assert.match(err, /out-unwritable at .*ENOTDIR/);
    assert.doesNotMatch(err, /\n\s+at /);
  });

  it('says the same of a folder that takes no folders, and ends', () => {
    const { code, err } = render('--spec', spec('ebpf'), '--out', '/proc/calispray');
    assert.equal(code, 1);
    assert.match(err, /out-unwritable at \/proc\/calispray\/hosts\.yaml/);
  });
});
