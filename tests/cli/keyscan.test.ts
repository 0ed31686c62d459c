import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDir } from '../../cli/project.ts';
import { fingerprint } from '../../cli/ssh/fingerprint.ts';
import { host, keyscan, LoopbackNode, line, other } from '../support/ssh-server.ts';
import { freePort } from '../support/sshd.ts';

describe('calispray keyscan', () => {
  let node: LoopbackNode;
  before(async () => {
    node = new LoopbackNode();
    await node.start();
  });
  after(() => node.stop());

  const stack = () => join(node.dir, 'Pulumi.dev.yaml');
  const declare = (at: number) => {
    const text = readFileSync(join(packageDir, 'Pulumi.dev.yaml'), 'utf8');
    writeFileSync(join(node.dir, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\n');
    // One host of this machine in the place of the three nodes, under a port of its own.
    const nodes = `    nodes:\n      masternode: { address: 127.0.0.1, roles: [control-plane, etcd, worker], ssh: { user: root, port: ${at} } } # here\n`;
    writeFileSync(
      stack(),
      text.replace(/ {4}nodes:\n(?: {6}.*\n)+/, nodes).replace('nodes: 192.168.4.0/24', 'nodes: 127.0.0.0/8'),
    );
  };

  it('shows the fingerprint and writes the key, keeping comments; a second one finds it as declared', async () => {
    declare(node.port);
    const first = await keyscan(node.dir, '--yes');
    assert.equal(first.code, 0, first.text);
    assert.ok(first.text.includes(fingerprint(line(host).split(' ')[1] ?? '')), first.text);
    const written = readFileSync(stack(), 'utf8');
    assert.ok(written.includes(`hostKey: ${line(host)} } } # here`), written);
    const second = await keyscan(node.dir, '--yes');
    assert.match(second.text, /as declared/);
    assert.equal(readFileSync(stack(), 'utf8'), written);
  });

  it('says that a key has changed', async () => {
    declare(node.port);
    writeFileSync(
      stack(),
      readFileSync(stack(), 'utf8').replace(`port: ${node.port}`, `port: ${node.port}, hostKey: ${line(other)}`),
    );
    assert.match((await keyscan(node.dir, '--yes')).text, /CHANGED/);
  });

  it('writes nothing without an answer, and names a node that is silent', async () => {
    declare(node.port);
    const before = readFileSync(stack(), 'utf8');
    const unasked = await keyscan(node.dir);
    assert.deepEqual([unasked.code, /no-terminal.*\n.*--yes/.test(unasked.text)], [1, true], unasked.text);
    assert.equal(readFileSync(stack(), 'utf8'), before);
    declare(await freePort());
    const silent = await keyscan(node.dir, '--yes');
    assert.deepEqual([silent.code, /node-down at nodes\.masternode/.test(silent.text)], [1, true], silent.text);
  });
});
