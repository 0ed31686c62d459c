import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { packageDir } from '../../cli/project.ts';
import { askNodes } from '../../cli/ssh/ask.ts';
import { connect } from '../../cli/ssh/connect.ts';
import { fingerprint, keyLine } from '../../cli/ssh/fingerprint.ts';
import { Jumps } from '../../cli/ssh/jumps.ts';
import { parseCluster } from '../../cluster/index.ts';
import type { Endpoint, Way } from '../../components/endpoint.ts';

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

  const endpoint = (more: { [K in keyof Endpoint]?: Endpoint[K] | undefined } = {}): Endpoint => {
    const whole = {
      called: 'homelab',
      host: '127.0.0.1',
      port,
      user: 'root',
      hostKey: line(host),
      keyFile: join(dir, 'key'),
      path: 'nodes.homelab.ssh',
      addressPath: 'nodes.homelab.address',
      ...more,
    };
    return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as Endpoint;
  };
  async function refused(more: Parameters<typeof endpoint>[0] = {}, seconds = 2) {
    const connected = await connect(endpoint(more), { seconds });
    assert.ok(!connected.ok, 'it connected');
    return connected.finding;
  }

  it('is there with the right host key and the right private key', async () => {
    const connected = await connect(endpoint());
    assert.ok(connected.ok);
    connected.client.end();
    assert.ok(tried.includes('root'));
  });

  it('fails closed where the host key is another one, before any login is tried', async () => {
    const finding = await refused({ hostKey: line(other) });
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
    assert.equal((await refused({ hostKey: keyLine(blob) })).code, 'host-key-mismatch');
    assert.deepEqual(tried, []);
  });

  it('is not tried where no host key is known; keyscan is named', async () => {
    const finding = await refused({ hostKey: undefined });
    assert.equal(finding.code, 'host-key-missing');
    assert.match(finding.hint, /calispray keyscan/);
    assert.deepEqual(tried, []);
  });

  it('takes any host key where the stack says accept-new', async () => {
    const connected = await connect(endpoint({ hostKey: 'accept-new' }));
    assert.ok(connected.ok);
    connected.client.end();
  });

  it('names the user and the key that were not let in', async () => {
    const finding = await refused({ keyFile: join(dir, 'stranger') });
    assert.equal(finding.code, 'ssh-login');
    assert.match(finding.message, /homelab does not let root in/);
  });

  it('says where there is no key to log in with, or one that cannot be used', async () => {
    assert.equal((await refused({ keyFile: join(dir, 'none') })).code, 'ssh-key-missing');
    assert.equal((await refused({ keyFile: undefined })).code, 'ssh-key-missing');
    const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 });
    writeFileSync(join(dir, 'locked'), locked.private, { mode: 0o600 });
    const finding = await refused({ keyFile: join(dir, 'locked') });
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

  describe('through a jump host', () => {
    const jumpKey = ssh2.utils.generateKeyPairSync('ed25519');
    let jumpServer: ssh2.Server;
    let jumpPort: number;
    /** Logins to the jump host, and what it was asked to connect to. */
    let logins: number;
    let asked: string[];
    before(async () => {
      jumpServer = new ssh2.Server({ hostKeys: [jumpKey.private] }, (client) => {
        client.on('error', () => {});
        client.on('authentication', (auth) =>
          auth.method === 'publickey' ? auth.accept() : auth.reject(['publickey']),
        );
        client.on('ready', () => {
          logins += 1;
        });
        client.on('tcpip', (accept, reject, { destIP, destPort }) => {
          asked.push(`${destIP}:${destPort}`);
          const socket = createConnection({ host: destIP, port: destPort });
          socket.on('error', reject);
          socket.on('connect', () => {
            const stream = accept();
            stream.on('error', () => {});
            stream.pipe(socket).pipe(stream);
          });
        });
      });
      jumpServer.listen(0, '127.0.0.1');
      await once(jumpServer, 'listening');
      jumpPort = (jumpServer.address() as AddressInfo).port;
    });
    beforeEach(() => {
      logins = 0;
      asked = [];
    });
    after(() => void jumpServer.close());

    const jump = (more: Parameters<typeof endpoint>[0] = {}) =>
      endpoint({
        called: 'the jump host bastion',
        port: jumpPort,
        hostKey: line(jumpKey),
        path: 'nodes.homelab.ssh.jump',
        addressPath: 'nodes.homelab.ssh.jump.host',
        ...more,
      });
    async function refusedBehind(way: Way) {
      const jumps = new Jumps();
      const connected = await jumps.connect(way, 2);
      await jumps.close();
      assert.ok(!connected.ok, 'it connected');
      return connected.finding;
    }

    it('one login to it serves every node behind it', async () => {
      const jumps = new Jumps();
      const way = { node: endpoint(), jump: jump() };
      const all = await Promise.all([1, 2, 3].map(() => jumps.connect(way)));
      assert.deepEqual([all.map(({ ok }) => ok), logins], [[true, true, true], 1]);
      assert.deepEqual(asked, Array(3).fill(`127.0.0.1:${port}`));
      for (const each of all) if (each.ok) each.client.end();
      await jumps.close();
    });

    it('fails closed where it shows another host key, and goes no further', async () => {
      const finding = await refusedBehind({ node: endpoint(), jump: jump({ hostKey: line(other) }) });
      assert.deepEqual([finding.code, finding.path], ['host-key-mismatch', 'nodes.homelab.ssh.jump.hostKey']);
      assert.deepEqual([logins, asked, tried], [0, [], []]);
    });

    it('is not tried where nobody knows its host key', async () => {
      const finding = await refusedBehind({ node: endpoint(), jump: jump({ hostKey: undefined }) });
      assert.deepEqual([finding.code, finding.path], ['host-key-missing', 'nodes.homelab.ssh.jump.hostKey']);
      assert.match(finding.message, /the jump host bastion/);
      assert.equal(logins, 0);
    });

    it("fails closed on the node's own host key", async () => {
      const finding = await refusedBehind({ node: endpoint({ hostKey: line(other) }), jump: jump() });
      assert.deepEqual([finding.code, finding.path], ['host-key-mismatch', 'nodes.homelab.ssh.hostKey']);
      assert.deepEqual(tried, []);
    });

    it('tells a silent jump host from a silent node', async () => {
      const dead = await freePort();
      const noJump = await refusedBehind({ node: endpoint(), jump: jump({ port: dead }) });
      assert.deepEqual([noJump.code, noJump.path], ['node-down', 'nodes.homelab.ssh.jump.host']);
      const noNode = await refusedBehind({ node: endpoint({ port: dead }), jump: jump() });
      assert.deepEqual([noNode.code, noNode.path], ['node-down', 'nodes.homelab.address']);
      assert.match(noNode.message, /homelab .* the jump host gets no connection there/);
    });

    it('all nodes are asked, and what each has to say comes together', async () => {
      const dead = await freePort();
      const known = [1, 2, 3].flatMap((i) => [port, dead].map((at) => `[127.0.0.${i}]:${at} ${line(host)}\n`));
      writeFileSync(join(dir, 'known_hosts'), known.join(''));
      const parsed = parseCluster({
        apiVersion: 'calispray/v1',
        name: 'behind',
        kubespray: { version: 'v2.31.0' },
        ssh: {
          user: 'root',
          key: join(dir, 'key'),
          knownHosts: join(dir, 'known_hosts'),
          jump: { host: '127.0.0.1', port: jumpPort, hostKey: line(jumpKey) },
        },
        nodes: {
          first: { address: '127.0.0.1', roles: ['control-plane', 'etcd', 'worker'], ssh: { port } },
          second: { address: '127.0.0.2', roles: ['worker'], ssh: { port: dead } },
          third: { address: '127.0.0.3', roles: ['worker'], ssh: { port: dead } },
        },
        network: { nodes: '127.0.0.0/8', pods: '10.244.0.0/16', services: '10.233.0.0/18', encapsulation: 'none' },
      });
      assert.ok(parsed.ok, JSON.stringify(parsed));
      const said: string[] = [];
      const findings = await askNodes(parsed.cluster, (text) => said.push(text), 1);
      // The first lets us in and runs nothing; the others are not there.
      assert.deepEqual(
        findings.map(({ code, path }) => `${code} ${path}`),
        ['node-facts nodes.first', 'node-down nodes.second.address', 'node-down nodes.third.address'],
      );
      assert.deepEqual([logins, said], [1, []]);
    });

    it('is asked for its host key first by keyscan, then lets the nodes be seen', async () => {
      const dirs = mkdtempSync(join(tmpdir(), 'calispray-jump-'));
      writeFileSync(join(dirs, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\n');
      const file = join(dirs, 'Pulumi.dev.yaml');
      const text = readFileSync(join(packageDir, 'Pulumi.dev.yaml'), 'utf8')
        .replace(
          / {4}nodes:\n(?: {6}.*\n)+/,
          `    nodes:\n      masternode: { address: 127.0.0.1, roles: [control-plane, etcd, worker], ssh: { port: ${port} } } # here\n`,
        )
        .replace('nodes: 192.168.4.0/24', 'nodes: 127.0.0.0/8')
        .replace(
          /key: ~.*\n/,
          `key: ${join(dir, 'key')}\n      jump: { host: 127.0.0.1, port: ${jumpPort} } # the bastion\n`,
        );
      writeFileSync(file, text);
      const run = async (...words: string[]) => {
        const child = spawn(process.execPath, [
          join(packageDir, 'cli/main.ts'),
          ...['-C', dirs, 'keyscan', '--stack', 'dev', ...words],
        ]);
        let output = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
        const [code] = await once(child, 'close');
        return { code, output };
      };
      const unasked = await run();
      assert.equal(unasked.code, 1, unasked.output);
      assert.deepEqual([readFileSync(file, 'utf8'), logins], [text, 0]);
      const first = await run('--yes');
      assert.equal(first.code, 0, first.output);
      const written = readFileSync(file, 'utf8');
      assert.ok(
        written.includes(`jump: { host: 127.0.0.1, port: ${jumpPort}, hostKey: ${line(jumpKey)} } # the bastion`),
        written,
      );
      assert.ok(written.includes(`ssh: { port: ${port}, hostKey: ${line(host)} } } # here`), written);
      const second = await run('--yes');
      assert.match(second.output, /Every host key is as declared/);
      assert.equal(readFileSync(file, 'utf8'), written);
      rmSync(dirs, { recursive: true });
    });
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
