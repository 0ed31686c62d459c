import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { connect } from '../../cli/ssh/connect.ts';
import { fingerprint, keyLine } from '../../cli/ssh/fingerprint.ts';
import { type Change, host, LoopbackNode, line, other } from '../support/ssh-server.ts';
import { freePort } from '../support/sshd.ts';

describe('a connection to a node', () => {
  let node: LoopbackNode;
  before(async () => {
    node = new LoopbackNode();
    await node.start();
  });
  beforeEach(() => {
    node.tried = [];
  });
  after(() => node.stop());

  async function refused(more: Change = {}, seconds = 2) {
    const connected = await connect(node.endpoint(more), { seconds });
    assert.ok(!connected.ok, 'it connected');
    return connected.finding;
  }

  it('is there with the right host key and the right private key', async () => {
    const connected = await connect(node.endpoint());
    assert.ok(connected.ok);
    connected.client.end();
    assert.ok(node.tried.includes('root'));
  });

  it('fails closed where the host key is another one, before any login is node.tried', async () => {
    const finding = await refused({ hostKey: line(other) });
    assert.equal(finding.code, 'host-key-mismatch');
    assert.equal(finding.path, 'nodes.homelab.ssh.hostKey');
    assert.ok(finding.message.includes(fingerprint(line(host).split(' ')[1] ?? '')), finding.message);
    assert.deepEqual(node.tried, []);
  });

  it('fails closed where the host has no key of the declared type', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
    const field = (data: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, data.length]), data]);
    const blob = Buffer.concat([
      field(Buffer.from('ecdsa-sha2-nistp256')),
      field(Buffer.from('nistp256')),
      field(point),
    ]);
    assert.equal((await refused({ hostKey: keyLine(blob) })).code, 'host-key-mismatch');
    assert.deepEqual(node.tried, []);
  });

  it('is not node.tried where no host key is known; keyscan is named', async () => {
    const finding = await refused({ hostKey: undefined });
    assert.equal(finding.code, 'host-key-missing');
    assert.match(finding.hint, /calispray keyscan/);
    assert.deepEqual(node.tried, []);
  });

  it('takes any host key where the stack says accept-new', async () => {
    const connected = await connect(node.endpoint({ hostKey: 'accept-new' }));
    assert.ok(connected.ok);
    connected.client.end();
  });

  it('names the user and the key that were not let in', async () => {
    const finding = await refused({ keyFile: join(node.dir, 'stranger') });
    assert.equal(finding.code, 'ssh-login');
    assert.match(finding.message, /homelab does not let root in/);
  });

  it('says where there is no key to log in with, or one that cannot be used', async () => {
    assert.equal((await refused({ keyFile: join(node.dir, 'none') })).code, 'ssh-key-missing');
    assert.equal((await refused({ keyFile: undefined })).code, 'ssh-key-missing');
    const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 });
    writeFileSync(join(node.dir, 'locked'), locked.private, { mode: 0o600 });
    const finding = await refused({ keyFile: join(node.dir, 'locked') });
    assert.equal(finding.code, 'ssh-key-unusable');
    assert.match(finding.hint, /ssh-add/);
  });

  it('names a node that is down, and how long it waited', async () => {
    const finding = await refused({ port: await freePort() }, 1);
    assert.equal(finding.code, 'node-down');
    assert.match(finding.message, /homelab \(127\.0\.0\.1:\d+\) does not answer; waited \d+ s: nothing listens there/);
  });

  it('does not wait for ever for a host that accepts and says nothing', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const finding = await refused({ port: (silent.address() as AddressInfo).port }, 1);
    assert.equal(finding.code, 'node-down');
    silent.close();
  });
});
