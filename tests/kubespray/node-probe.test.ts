import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster, Node } from '../../cluster/index.ts';
import { type NodeFacts, nodeProbe, readNodeFacts } from '../../kubespray/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const dev = clusterOf(stackCluster('dev'));

/** The declared cluster with something said otherwise. */
const changed = (change: object): Cluster => clusterOf(edited(stackCluster('dev'), change));

describe('nodeProbe', () => {
  const probe = (
    address: string,
    env: NodeJS.ProcessEnv = process.env,
    cluster: Cluster = dev,
    peers = false,
  ): NodeFacts => {
    const node = { ...(cluster.nodes.find((each) => each.name === 'masternode') as Node), address };
    const input = nodeProbe(node, { ...cluster, nodes: [node, ...cluster.nodes.slice(1)] }, { peers });
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-s'], { input, env });
    assert.equal(status, 0, String(stderr));
    assert.equal(stdout.toString().split('\n').length, 2, 'one line');
    return JSON.parse(stdout.toString());
  };

  it('reads this machine', () => {
    const facts = probe('127.0.0.1');
    assert.equal(facts.interface, 'lo');
    assert.equal(typeof facts.interfaceMtu, 'number');
    assert.match(facts.python ?? '', /^3\.\d+\.\d+$/);
    assert.ok((facts.memoryMiB ?? 0) > 0 && Math.abs((facts.time ?? 0) - Date.now()) < 60_000);
    assert.equal(facts.root, process.getuid?.() === 0);
    assert.deepEqual([facts.kernel, facts.architecture], [output('uname', '-r'), output('uname', '-m')]);
    assert.equal(facts.cgroup, output('stat', '-fc', '%T', '/sys/fs/cgroup/'));
    const { ID = '', VERSION_ID = '' } = Object.fromEntries(
      [...readFileSync('/etc/os-release', 'utf8').matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, key, text]) => [
        key,
        text,
      ]),
    );
    assert.deepEqual([facts.os, facts.osVersion], [ID, VERSION_ID]);
    const lines = readFileSync('/etc/resolv.conf', 'utf8').matchAll(/^nameserver\s+([0-9a-fA-F.:]+)/gm);
    assert.deepEqual(
      facts.nameservers,
      [...lines].map(([, found]) => found),
    );
    assert.deepEqual(Object.keys(facts.modules ?? {}), ['ipip', 'vxlan', 'wireguard', 'ip_vs', 'nf_tables', 'dummy']);
    const lists = existsSync(`/lib/modules/${facts.kernel}/modules.dep`);
    for (const [name, state] of Object.entries(facts.modules ?? {})) {
      if (existsSync(`/sys/module/${name}`)) assert.equal(state, 'loaded', name);
      else assert.match(state, lists ? /^(available|absent)$/ : /^unknown$/, name);
    }
  });

  it('uses sudo where the stack says so, and else does not try it', () => {
    const bin = mkdtempSync(join(tmpdir(), 'calispray-probe-'));
    try {
      writeFileSync(join(bin, 'sudo'), `#!/bin/sh\necho tried >> ${bin}/tried\n`, { mode: 0o755 });
      const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
      assert.equal(probe('127.0.0.1', env).sudo, false);
      assert.equal(existsSync(join(bin, 'tried')), false);
      assert.equal(probe('127.0.0.1', env, changed({ ssh: { become: true } })).sudo, true);
    } finally {
      rmSync(bin, { recursive: true });
    }
  });

  it('looks for the other nodes, all at once', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
    const { port } = server.address() as AddressInfo;
    const seen = changed({
      ssh: { port },
      nodes: {
        masternode: { address: '127.0.0.1', roles: ['control-plane', 'etcd', 'worker'] },
        open: { address: '127.0.0.2', roles: ['worker'] },
        shut: { address: '127.0.0.3', roles: ['worker'] },
        // RFC 5737: nobody has it.
        gone: { address: '192.0.2.1', roles: ['worker'] },
      },
      network: { nodes: '0.0.0.0/0' },
    });
    const ask = async (name: string) => {
      const { peers = [] } = await new Promise<NodeFacts>((resolve, reject) => {
        // Not spawnSync: the server is of this process.
        const child = execFile('/bin/sh', ['-s'], (error, stdout) =>
          error ? reject(error) : resolve(JSON.parse(stdout)),
        );
        child.stdin?.end(nodeProbe(seen.nodes.find((n) => n.name === name) as Node, seen, { peers: true }));
      });
      return peers;
    };
    const peers = await ask('masternode');
    const shut = await ask('shut');
    server.close();
    const of = (address: string) => peers.find((peer) => peer.address === address);
    assert.deepEqual(of('127.0.0.2'), { address: '127.0.0.2', ssh: true, reached: true });
    assert.deepEqual(of('127.0.0.3'), { address: '127.0.0.3', ssh: false, reached: true });
    assert.equal(of('192.0.2.1')?.ssh, false);
    assert.equal(peers.length, 3);
    // A worker need not reach another's sshd: whoever answers a ping has no connection to see to.
    const ping = process.getuid?.() === 0;
    assert.deepEqual(
      shut.find((peer) => peer.address === '127.0.0.2'),
      { address: '127.0.0.2', ssh: ping ? null : true, reached: true },
    );
  });

  it('asks no more of a node as the cluster grows, but of the one that runs Ansible', () => {
    const many = changed({
      nodes: Object.fromEntries(
        Array.from({ length: 200 }, (_, i) => [
          i === 0 ? 'masternode' : `worker${i}`,
          { address: `192.168.4.${i + 1}`, roles: i === 0 ? ['control-plane', 'etcd'] : ['worker'] },
        ]),
      ),
    });
    const asked = (name: string): { address: string }[] => {
      const text = nodeProbe(many.nodes.find((n) => n.name === name) as Node, many, { peers: true });
      return JSON.parse(/^question='(.*)'$/m.exec(text)?.[1] ?? '').peers;
    };
    assert.equal(asked('masternode').length, 199);
    assert.equal(asked('worker150').length, 16);
    assert.ok(asked('worker150').some(({ address }) => address === '192.168.4.1'));
    assert.ok(!asked('worker150').some(({ address }) => address === '192.168.4.151'));
  });

  it('says of an address that is not here that no interface carries it', () => {
    const facts = probe('192.0.2.1');
    assert.deepEqual([facts.interface, facts.interfaceMtu], [null, null]);
  });

  it('reports a missing Python instead of failing', () => {
    const bin = mkdtempSync(join(tmpdir(), 'calispray-probe-'));
    try {
      for (const tool of ['id', 'awk', 'tr']) symlinkSync(join('/usr/bin', tool), join(bin, tool));
      // The probe adds /usr/sbin and the like itself; no python3 lives there.
      const facts = probe('127.0.0.1', { PATH: bin });
      assert.equal(facts.python, null);
      assert.deepEqual(facts.ports, []);
      assert.ok((facts.memoryMiB ?? 0) > 0);
    } finally {
      rmSync(bin, { recursive: true });
    }
  });

  it('names the process on a port that the cluster needs', async () => {
    // Another program's etcd on this machine would be in the way, and be found all the same.
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(2379, '127.0.0.1', () => resolve(true));
    });
    const found = probe('127.0.0.1').ports.filter((p) => p.port === 2379);
    if (free) await new Promise((resolve) => server.close(resolve));
    assert.equal(found.length > 0, true);
    if (free) assert.deepEqual(found, [{ port: 2379, protocol: 'tcp', process: processName() }]);
  });
});

describe('readNodeFacts', () => {
  const answer = '{"os":"debian","ports":[]}';
  it('finds the answer behind what a login prints', () =>
    assert.equal(readNodeFacts(`Welcome!\n{ "not": "it" }\n${answer}\n{half\n`)?.os, 'debian'));
  for (const junk of [
    '',
    'sh: not found\n',
    '{}',
    '{"os":1,"ports":[]}',
    '{"os":"x"}',
    'null',
    '{"os":"x","ports":{}}',
  ])
    it(`takes ${JSON.stringify(junk)} for no answer`, () => assert.equal(readNodeFacts(junk), undefined));
});

/** The name that the kernel keeps of this process, 15 letters at most. */
function processName(): string {
  return output('cat', `/proc/${process.pid}/comm`);
}

function output(command: string, ...words: string[]): string {
  return spawnSync(command, words).stdout.toString().trim();
}
