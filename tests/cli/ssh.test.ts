import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { packageDir } from '../../cli/project.ts';
import { connect } from '../../cli/ssh/connect.ts';
import { fingerprint, keyLine } from '../../cli/ssh/fingerprint.ts';
import type { Node } from '../../cluster/index.ts';

const host = ssh2.utils.generateKeyPairSync('ed25519');
const user = ssh2.utils.generateKeyPairSync('ed25519');
const other = ssh2.utils.generateKeyPairSync('ed25519');
const line = (key: { public: string }) => key.public.trim().split(' ').slice(0, 2).join(' ');

describe('a connection to a node', () => {
  let dir: string;
  let server: ssh2.Server;
  let port: number;
  /** Names that somebody tried to log in with. */
  let tried: string[];

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-ssh-'));
    writeFileSync(join(dir, 'key'), user.private, { mode: 0o600 });
    writeFileSync(join(dir, 'stranger'), other.private, { mode: 0o600 });
    const allowed = ssh2.utils.parseKey(user.public);
    assert.ok(!(allowed instanceof Error));
    server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
      client.on('error', () => {});
      client.on('authentication', (asked) => {
        tried.push(asked.username);
        const right = asked.method === 'publickey' && asked.key.data.equals(allowed.getPublicSSH());
        if (right) asked.accept();
        else asked.reject(['publickey']);
      });
      client.on('ready', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    tried = [];
  });
  after(() => {
    server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const node = (at = port): Node => ({
    name: 'homelab',
    address: '127.0.0.1',
    roles: ['worker'],
    ssh: { user: 'root', port: at, agent: false },
  });
  const access = (more: { hostKey?: string | undefined; keyFile?: string | undefined } = {}) => ({
    hostKey: line(host),
    keyFile: join(dir, 'key'),
    agent: undefined,
    ...more,
  });
  async function refused(given = access(), at = port, seconds = 2) {
    const connected = await connect(node(at), given, seconds);
    assert.ok(!connected.ok, 'it connected');
    return connected.finding;
  }

  it('is there with the right host key and the right private key', async () => {
    const connected = await connect(node(), access(), 5);
    assert.ok(connected.ok);
    connected.client.end();
    assert.ok(tried.includes('root'));
  });

  it('fails closed where the host key is another one, before any login is tried', async () => {
    const finding = await refused(access({ hostKey: line(other) }));
    assert.equal(finding.code, 'host-key-mismatch');
    assert.equal(finding.path, 'nodes.homelab.ssh.hostKey');
    assert.ok(finding.message.includes(fingerprint(line(host).split(' ')[1] ?? '')), finding.message);
    assert.deepEqual(tried, []);
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
    assert.equal((await refused(access({ hostKey: keyLine(blob) }))).code, 'host-key-mismatch');
    assert.deepEqual(tried, []);
  });

  it('is not tried where no host key is known; keyscan is named', async () => {
    const finding = await refused(access({ hostKey: undefined }));
    assert.equal(finding.code, 'host-key-missing');
    assert.match(finding.hint, /calispray keyscan/);
    assert.deepEqual(tried, []);
  });

  it('takes any host key where the stack says accept-new', async () => {
    const connected = await connect(node(), access({ hostKey: 'accept-new' }), 5);
    assert.ok(connected.ok);
    connected.client.end();
  });

  it('names the user and the key that were not let in', async () => {
    const finding = await refused(access({ keyFile: join(dir, 'stranger') }));
    assert.equal(finding.code, 'ssh-login');
    assert.match(finding.message, /homelab does not let root in/);
  });

  it('says where there is no key to log in with, or one that cannot be used', async () => {
    assert.equal((await refused(access({ keyFile: join(dir, 'none') }))).code, 'ssh-key-missing');
    assert.equal((await refused(access({ keyFile: undefined }))).code, 'ssh-key-missing');
    const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 });
    writeFileSync(join(dir, 'locked'), locked.private, { mode: 0o600 });
    const finding = await refused(access({ keyFile: join(dir, 'locked') }));
    assert.equal(finding.code, 'ssh-key-unusable');
    assert.match(finding.hint, /ssh-add/);
  });

  it('names a node that is down, and how long it waited', async () => {
    const finding = await refused(access(), await freePort(), 1);
    assert.equal(finding.code, 'node-down');
    assert.match(finding.message, /homelab \(127\.0\.0\.1:\d+\) does not answer; waited \d+ s: nothing listens there/);
  });

  it('does not wait for ever for a host that accepts and says nothing', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const finding = await refused(access(), (silent.address() as AddressInfo).port, 1);
    assert.equal(finding.code, 'node-down');
    silent.close();
  });

  describe('and keyscan', () => {
    const stack = () => join(dir, 'Pulumi.dev.yaml');
    const declare = (at: number) => {
      const text = readFileSync(join(packageDir, 'Pulumi.dev.yaml'), 'utf8');
      writeFileSync(join(dir, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\n');
      // One host of this machine in the place of the three nodes, under a port of its own.
      const nodes = `    nodes:\n      masternode: { address: 127.0.0.1, roles: [control-plane, etcd, worker], ssh: { user: root, port: ${at} } } # here\n`;
      writeFileSync(
        stack(),
        text.replace(/ {4}nodes:\n(?: {6}.*\n)+/, nodes).replace('nodes: 192.168.4.0/24', 'nodes: 127.0.0.0/8'),
      );
    };
    async function keyscan(...words: string[]) {
      const child = spawn(process.execPath, [
        join(packageDir, 'cli/main.ts'),
        '-C',
        dir,
        'keyscan',
        '--stack',
        'dev',
        ...words,
      ]);
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
      const [code] = await once(child, 'close');
      return { code, text };
    }

    it('shows the fingerprint and writes the key, keeping comments; a second one finds it as declared', async () => {
      declare(port);
      const first = await keyscan('--yes');
      assert.equal(first.code, 0, first.text);
      assert.ok(first.text.includes(fingerprint(line(host).split(' ')[1] ?? '')), first.text);
      const written = readFileSync(stack(), 'utf8');
      assert.ok(written.includes(`hostKey: ${line(host)} } } # here`), written);
      const second = await keyscan('--yes');
      assert.match(second.text, /as declared/);
      assert.equal(readFileSync(stack(), 'utf8'), written);
    });

    it('says that a key has changed', async () => {
      declare(port);
      writeFileSync(
        stack(),
        readFileSync(stack(), 'utf8').replace(`port: ${port}`, `port: ${port}, hostKey: ${line(other)}`),
      );
      assert.match((await keyscan('--yes')).text, /CHANGED/);
    });

    it('writes nothing without an answer, and names a node that is silent', async () => {
      declare(port);
      const before = readFileSync(stack(), 'utf8');
      const unasked = await keyscan();
      assert.deepEqual([unasked.code, /no-terminal.*\n.*--yes/.test(unasked.text)], [1, true], unasked.text);
      assert.equal(readFileSync(stack(), 'utf8'), before);
      declare(await freePort());
      const silent = await keyscan('--yes');
      assert.deepEqual([silent.code, /node-down at nodes\.masternode/.test(silent.text)], [1, true], silent.text);
    });
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
