import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster, Node } from '../../cluster/index.ts';
import { judgeNodeFacts, type NodeFacts, nodeFactsScript } from '../../kubespray/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const dev = clusterOf(stackCluster('dev'));
const now = 1_700_000_000_000;

/** A node that has all it needs. */
const good: NodeFacts = {
  os: 'debian',
  osVersion: '12',
  systemd: true,
  python: '3.11.2',
  memoryMiB: 2000,
  interface: 'eth0',
  interfaceMtu: 1500,
  time: now,
  root: true,
  sudo: true,
  ports: [],
};

function codes(facts: Partial<NodeFacts>, name = 'masternode', cluster: Cluster = dev): string[] {
  const node = cluster.nodes.find((n) => n.name === name) as Node;
  return judgeNodeFacts(node, cluster, { ...good, ...facts }, now).map((f) => `${f.class} ${f.code}`);
}

describe('judgeNodeFacts', () => {
  it('finds nothing on a good node', () => assert.deepEqual(codes({}), []));

  const cases: [string, Partial<NodeFacts>, string[]][] = [
    ['an unknown system', { os: 'nixos' }, ['refused node-os']],
    ['no systemd', { systemd: false }, ['refused node-systemd']],
    ['neither root nor sudo', { root: false, sudo: false }, ['refused node-privileges']],
    ['a user with sudo', { root: false, sudo: true }, []],
    ['too little memory for a control plane', { memoryMiB: 1499 }, ['refused node-memory']],
    ['an old Python', { python: '3.7.3' }, ['refused node-python']],
    ['Python 3.10, which is later than 3.8', { python: '3.10.0' }, []],
    [
      'no Python, and nothing else to go by',
      { python: null, interface: null, interfaceMtu: null, time: null },
      ['refused node-python'],
    ],
    ['an address it does not have', { interface: null, interfaceMtu: null }, ['refused node-address']],
    ['a smaller MTU', { interfaceMtu: 1400 }, ['harmful node-mtu']],
    ['a larger MTU', { interfaceMtu: 9000 }, ['advice node-mtu']],
    ['a clock 5 s off', { time: now + 5000 }, []],
    ['a clock 6 s behind', { time: now - 6000 }, ['refused node-clock']],
    ['a port taken', { ports: [{ port: 6443, protocol: 'tcp', process: 'java' }] }, ['refused node-port']],
    [
      'a port taken by nobody knows whom',
      { ports: [{ port: 2379, protocol: 'tcp', process: null }] },
      ['refused node-port'],
    ],
    [
      'our own processes of an earlier run',
      {
        ports: [
          { port: 6443, protocol: 'tcp', process: 'kube-apiserver' },
          { port: 2379, protocol: 'tcp', process: 'etcd' },
          { port: 10250, protocol: 'tcp', process: 'kubelet' },
          { port: 179, protocol: 'tcp', process: 'bird' },
        ],
      },
      [],
    ],
    ['a port that this cluster does not need', { ports: [{ port: 4789, protocol: 'udp', process: 'other' }] }, []],
  ];
  for (const [what, facts, expected] of cases) it(what, () => assert.deepEqual(codes(facts), expected));

  it('asks of a worker what a worker needs', () => {
    assert.deepEqual(codes({ memoryMiB: 1024, ports: [{ port: 2379, protocol: 'tcp', process: 'x' }] }, 'homelab'), []);
    assert.deepEqual(codes({ memoryMiB: 1023 }, 'homelab'), ['refused node-memory']);
  });

  it('asks for the VXLAN port where VXLAN is', () => {
    const vxlan = clusterOf(
      edited(stackCluster('dev'), { network: { encapsulation: { vxlan: 'always' }, mtu: 'auto' } }),
    );
    const taken = (process: string) => codes({ ports: [{ port: 4789, protocol: 'udp', process }] }, 'homelab', vxlan);
    assert.deepEqual(taken('vxlan.calico'), []);
    assert.deepEqual(taken('vx-docker'), ['refused node-port']);
  });
});

describe('nodeFactsScript', () => {
  const probe = (address: string, env: NodeJS.ProcessEnv = process.env): NodeFacts => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-s', '--', address], { input: nodeFactsScript, env });
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

/** The name that the kernel keeps of this process, 15 letters at most. */
function processName(): string {
  return spawnSync('cat', [`/proc/${process.pid}/comm`])
    .stdout.toString()
    .trim();
}
