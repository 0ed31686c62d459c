import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { packageDir } from '../../cli/project.ts';
import { askNodes } from '../../cli/ssh/ask.ts';
import { Jumps } from '../../cli/ssh/jumps.ts';
import { parseCluster } from '../../cluster/index.ts';
import type { Way } from '../../components/endpoint.ts';
import { makeKey } from '../../lab/disk.ts';
import { type Change, host, keyscan, LoopbackNode, line, other } from '../support/ssh-server.ts';
import { freePort } from '../support/sshd.ts';

describe('a connection through a jump host', () => {
  let node: LoopbackNode;
  const jumpKey = makeKey('');
  let jumpServer: ssh2.Server;
  let jumpPort: number;
  /** Logins to the jump host, and what it was asked to connect to. */
  let logins: number;
  let asked: string[];
  before(async () => {
    node = new LoopbackNode();
    await node.start();
    jumpServer = new ssh2.Server({ hostKeys: [jumpKey.private] }, (client) => {
      client.on('error', () => {});
      client.on('authentication', (auth) => (auth.method === 'publickey' ? auth.accept() : auth.reject(['publickey'])));
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
    node.tried = [];
    logins = 0;
    asked = [];
  });
  after(() => {
    jumpServer.close();
    node.stop();
  });

  const jump = (more: Change = {}) =>
    node.endpoint({
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
    const way = { node: node.endpoint(), jump: jump() };
    const all = await Promise.all([1, 2, 3].map(() => jumps.connect(way)));
    assert.deepEqual([all.map(({ ok }) => ok), logins], [[true, true, true], 1]);
    assert.deepEqual(asked, Array(3).fill(`127.0.0.1:${node.port}`));
    for (const each of all) if (each.ok) each.client.end();
    await jumps.close();
  });

  it('fails closed where it shows another host key, and goes no further', async () => {
    const finding = await refusedBehind({ node: node.endpoint(), jump: jump({ hostKey: line(other) }) });
    assert.deepEqual([finding.code, finding.path], ['host-key-mismatch', 'nodes.homelab.ssh.jump.hostKey']);
    assert.deepEqual([logins, asked, node.tried], [0, [], []]);
  });

  it('is not node.tried where nobody knows its host key', async () => {
    const finding = await refusedBehind({ node: node.endpoint(), jump: jump({ hostKey: undefined }) });
    assert.deepEqual([finding.code, finding.path], ['host-key-missing', 'nodes.homelab.ssh.jump.hostKey']);
    assert.match(finding.message, /the jump host bastion/);
    assert.equal(logins, 0);
  });

  it("fails closed on the node's own host key", async () => {
    const finding = await refusedBehind({ node: node.endpoint({ hostKey: line(other) }), jump: jump() });
    assert.deepEqual([finding.code, finding.path], ['host-key-mismatch', 'nodes.homelab.ssh.hostKey']);
    assert.deepEqual(node.tried, []);
  });

  it('tells a silent jump host from a silent node', async () => {
    const dead = await freePort();
    const noJump = await refusedBehind({ node: node.endpoint(), jump: jump({ port: dead }) });
    assert.deepEqual([noJump.code, noJump.path], ['node-down', 'nodes.homelab.ssh.jump.host']);
    const noNode = await refusedBehind({ node: node.endpoint({ port: dead }), jump: jump() });
    assert.deepEqual([noNode.code, noNode.path], ['node-down', 'nodes.homelab.address']);
    assert.match(noNode.message, /homelab .* the jump host gets no connection there/);
  });

  it('all nodes are asked, and what each has to say comes together', async () => {
    const dead = await freePort();
    const known = [1, 2, 3].flatMap((i) => [node.port, dead].map((at) => `[127.0.0.${i}]:${at} ${line(host)}\n`));
    writeFileSync(join(node.dir, 'known_hosts'), known.join(''));
    const parsed = parseCluster({
      apiVersion: 'calispray/v1',
      name: 'behind',
      kubespray: { version: 'v2.31.0' },
      ssh: {
        user: 'root',
        key: join(node.dir, 'key'),
        knownHosts: join(node.dir, 'known_hosts'),
        jump: { host: '127.0.0.1', port: jumpPort, hostKey: line(jumpKey) },
      },
      nodes: {
        first: { address: '127.0.0.1', roles: ['control-plane', 'etcd', 'worker'], ssh: { port: node.port } },
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
        `    nodes:\n      masternode: { address: 127.0.0.1, roles: [control-plane, etcd, worker], ssh: { port: ${node.port} } } # here\n`,
      )
      .replace('nodes: 192.168.4.0/24', 'nodes: 127.0.0.0/8')
      .replace(
        /key: ~.*\n/,
        `key: ${join(node.dir, 'key')}\n      jump: { host: 127.0.0.1, port: ${jumpPort} } # the bastion\n`,
      );
    writeFileSync(file, text);
    const run = (...words: string[]) => keyscan(dirs, ...words);
    const unasked = await run();
    assert.equal(unasked.code, 1, unasked.text);
    assert.deepEqual([readFileSync(file, 'utf8'), logins], [text, 0]);
    const first = await run('--yes');
    assert.equal(first.code, 0, first.text);
    const written = readFileSync(file, 'utf8');
    assert.ok(
      written.includes(`jump: { host: 127.0.0.1, port: ${jumpPort}, hostKey: ${line(jumpKey)} } # the bastion`),
      written,
    );
    assert.ok(written.includes(`ssh: { port: ${node.port}, hostKey: ${line(host)} } } # here`), written);
    const second = await run('--yes');
    assert.match(second.text, /Every host key is as declared/);
    assert.equal(readFileSync(file, 'utf8'), written);
    rmSync(dirs, { recursive: true });
  });
});
