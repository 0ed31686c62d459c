import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { stringify } from 'yaml';
import { readManifests } from '../../components/index.ts';
import program from '../../index.ts';
import { calispray } from '../support/command.ts';
import { type Declared, HOST_KEY, noteDeclared } from '../support/declared.ts';

const policy = (name: string) =>
  stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'production' },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  });

describe('manifests', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-manifests-'));
    mkdirSync(join(dir, 'project/policies/deep'), { recursive: true });
    for (const name of ['b.yaml', 'a.yml', 'c.json', 'notes.txt', 'deep/d.yaml']) {
      writeFileSync(join(dir, 'project/policies', name), policy(name.replaceAll(/\W/g, '-')));
    }
    writeFileSync(join(dir, 'beside.yaml'), `\uFEFF${policy('beside')}`);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const read = (...manifests: unknown[]) => readManifests({ policies: { manifests } }, join(dir, 'project'));
  const codeOf = (path: string) => {
    const found = read(path)[path];
    assert.ok(typeof found === 'object', path);
    assert.ok(found.message.startsWith(path) && found.hint !== '');
    return found.code;
  };

  it('are the files themselves, and those of a folder that end as manifests do, sorted', () => {
    const texts = read('policies/', 'policies/b.yaml', '../beside.yaml', join(dir, 'beside.yaml'));
    assert.deepEqual(Object.keys(texts), [
      'policies/a.yml',
      'policies/b.yaml',
      'policies/c.json',
      '../beside.yaml',
      join(dir, 'beside.yaml'),
    ]);
    assert.equal(texts['policies/b.yaml'], policy('b-yaml'));
    assert.equal(texts['../beside.yaml'], policy('beside'), 'without the mark at its beginning');
  });

  it('are nothing where the stack names none, or what it says is no list', () => {
    for (const value of [undefined, {}, { policies: { manifests: 'policies' } }, { policies: { manifests: [{}] } }]) {
      assert.deepEqual(readManifests(value, dir), {});
    }
  });

  it('that cannot be read say why', () => {
    assert.equal(codeOf('gone.yaml'), 'no-such-file');
    assert.equal(codeOf('policies/b.yaml/deeper'), 'no-such-file');
    writeFileSync(join(dir, 'project/binary.yaml'), Buffer.from([0x61, 0xff, 0x62]));
    assert.equal(codeOf('binary.yaml'), 'not-utf8');
    execFileSync('mkfifo', [join(dir, 'project/pipe.yaml')]);
    assert.equal(codeOf('pipe.yaml'), 'not-a-file');
    writeFileSync(join(dir, 'project/large.yaml'), '');
    truncateSync(join(dir, 'project/large.yaml'), 33 * 1024 * 1024);
    assert.equal(codeOf('large.yaml'), 'too-large');
    symlinkSync('loop.yaml', join(dir, 'project/loop.yaml'));
    assert.equal(codeOf('loop.yaml'), 'unreadable');
  });

  const cluster = (manifests: string[]) => ({
    apiVersion: 'calispray/v1',
    name: 'own',
    kubespray: { version: 'v2.31.0' },
    ssh: { key: join(dir, 'id'), knownHosts: join(dir, 'known_hosts') },
    nodes: { one: { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'] } },
    network: { nodes: '192.168.4.0/24', encapsulation: 'none' },
    policies: { namespaces: ['production'], manifests },
  });

  describe('of a stack', () => {
    const stack = (manifests: string[]) => {
      writeFileSync(join(dir, 'project/Pulumi.yaml'), 'name: own\nruntime: nodejs\n');
      const config = { 'calispray:cluster': cluster(manifests) };
      writeFileSync(join(dir, 'project/Pulumi.own.yaml'), stringify({ config }));
    };

    it('are read from the folder of the project, and told with their lines as seen from where one is', () => {
      stack(['policies', '../beside.yaml', 'gone.yaml']);
      writeFileSync(join(dir, 'project/policies/b.yaml'), `${policy('x')}---\nkind: Deployment\n`);
      const { code, out, err } = calispray('-C', join(dir, 'project'), 'check', '--stack', 'own');
      assert.equal(code, 1);
      const said = `${out}${err}`;
      const file = join(dir, 'project/policies/b.yaml');
      assert.ok(
        said.includes(`refused no-policy at policies/b.yaml#2 kind (${file}:11): a Deployment is no policy`),
        said,
      );
      assert.match(said, /refused no-such-file at policies\.manifests\[2\] \(.*Pulumi\.own\.yaml:\d+\): gone\.yaml/);
    });

    it('are judged by the rules with the place in the manifest', () => {
      stack(['policies/b.yaml']);
      const wrong = {
        apiVersion: 'projectcalico.org/v3',
        kind: 'NetworkPolicy',
        metadata: { name: 'wrong', namespace: 'production' },
        spec: { selector: "app == 'x'", ingress: [{ action: 'Allow' }] },
      };
      writeFileSync(join(dir, 'project/policies/b.yaml'), `${policy('x')}---\n${stringify(wrong)}`);
      const { out, err } = calispray('-C', join(dir, 'project'), 'check', '--stack', 'own');
      const at = `types-missing at policies/b.yaml#2 spec.types (${join(dir, 'project/policies/b.yaml')}:`;
      assert.ok(`${out}${err}`.includes(at), `${out}${err}`);
    });
  });

  it('of a file that holds just the cluster are read from its folder', () => {
    writeFileSync(join(dir, 'project/spec.yaml'), stringify(cluster(['policies/deep', 'gone'])));
    const { code, out, err } = calispray('check', '--spec', join(dir, 'project/spec.yaml'));
    assert.equal(code, 1);
    const said = `${out}${err}`;
    assert.match(said, /no-such-file at policies\.manifests\[1\]/);
    assert.doesNotMatch(said, /policies\.manifests\[0\]/);
  });

  describe('in the program', () => {
    let declared: Declared[];
    beforeEach(() => {
      writeFileSync(join(dir, 'id'), 'PLANTED-PRIVATE-KEY\n');
      writeFileSync(join(dir, 'known_hosts'), `192.168.4.63 ${HOST_KEY}\n`);
      declared = noteDeclared();
    });
    afterEach(() => pulumi.runtime.setAllConfig({}));

    it('become resources, with no command of ours around it', async () => {
      const root = join(import.meta.dirname, '../..');
      const value = cluster([relative(root, join(dir, 'project/policies')), join(dir, 'beside.yaml')]);
      pulumi.runtime.setAllConfig({ 'calispray:cluster': JSON.stringify(value) });
      const outputs = await program();
      await pulumi.runtime.disconnect();
      const policies = ['a-yml', 'b-yaml', 'c-json', 'beside'].map((name) => `NetworkPolicy production/${name}`);
      assert.deepEqual(outputs.policies, policies);
      const made = declared.filter(({ type }) => type === 'kubernetes:networking.k8s.io/v1:NetworkPolicy');
      assert.deepEqual(made.map(({ inputs }) => (inputs.metadata as { name: string }).name).sort(), [
        'a-yml',
        'b-yaml',
        'beside',
        'c-json',
      ]);
    });

    it('that are wrong end it with every finding', async () => {
      const value = cluster([join(dir, 'gone.yaml'), join(dir, 'project/empty')]);
      pulumi.runtime.setAllConfig({ 'calispray:cluster': JSON.stringify(value) });
      await assert.rejects(program(), /no-such-file at policies\.manifests\[0\][\s\S]*policies\.manifests\[1\]/);
    });
  });
});
