import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiServerOf } from '../../cli/reach/api-server.ts';
import { apiSeen } from '../../cli/status/api.ts';
import { UserError } from '../../cluster/finding.ts';
import { sessionsOf } from '../../kubespray/status/bird.ts';
import { type NodeSeen, readNodeSeen, statusProbe } from '../../kubespray/status/index.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

const dev = clusterOf(stackCluster('dev'));
const node = dev.nodes[0] as (typeof dev.nodes)[number];

/** As BIRD 1.6 of Calico answers over its socket: codes in front, in lines that go on a blank. */
const ANSWER = `0001 BIRD v0.3.3+birdv1.6.8 ready.
2002-name     proto    table    state  since       info
1002-static1  Static   master   up     10:00:01    
1006-  Preference:     200
 
1002-Mesh_192_168_4_61 BGP      master   up     10:00:02    Established   
1006-  Preference:     100
   BGP state:          Established
     Neighbor address: 192.168.4.61
     Neighbor AS:      64512
 
1002-Mesh_192_168_4_62 BGP      master   start  10:00:03    Active        Socket: Connection refused
1006-  BGP state:          Active
     Neighbor address: 192.168.4.62
     Last error:       Socket: Connection refused
 
1002-Node_fd00__62 BGP      master   start  10:00:03    Idle          
1006-  BGP state:          Idle
     Neighbor address: fd00::62%eth0
     Last error:       Received: Bad peer AS
 
0000 
`;

describe('the probe of a status', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-status-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** On this machine, whose links and sockets are files of the test's own. */
  async function probe(links: unknown = []): Promise<NodeSeen> {
    writeFileSync(join(dir, 'ip'), `#!/bin/sh\ncat <<'E'\n${JSON.stringify(links)}\nE\n`);
    chmodSync(join(dir, 'ip'), 0o755);
    const text = statusProbe({ address: '192.168.4.63', ssh: { ...node.ssh, become: false } })
      .replaceAll('/var/run/', `${dir}/`)
      .replace('PATH="$PATH', `PATH="${dir}:$PATH`);
    const child = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.stdin.end(text);
    const [code] = await once(child, 'close');
    assert.deepEqual([code, err], [0, '']);
    const seen = readNodeSeen(`Welcome {to} this node\n${out}`);
    assert.ok(seen, out);
    return seen;
  }

  it('reads the MTU of the interface, the tunnels that carry something, and every pod', async () => {
    const address = (local: string, scope = 'global') => [{ local, scope }];
    const seen = await probe([
      { ifname: 'lo', mtu: 65536, addr_info: address('127.0.0.1', 'host') },
      { ifname: 'bond0', mtu: 9000, addr_info: address('192.168.4.63') },
      { ifname: 'eth1', mtu: 1500, addr_info: address('10.0.0.1') },
      { ifname: 'tunl0', mtu: 1480, addr_info: [] },
      { ifname: 'vxlan.calico', mtu: 8950, addr_info: address('10.244.0.1') },
      { ifname: 'cali0123', mtu: 8950, addr_info: address('fe80::1', 'link') },
      { ifname: 'cali4567', mtu: 8950, addr_info: [] },
      { ifname: 'cali89ab', mtu: 1450, addr_info: [] },
    ]);
    assert.deepEqual(seen, {
      interface: { name: 'bond0', mtu: 9000 },
      tunnels: { 'vxlan.calico': 8950 },
      pods: { 1450: 1, 8950: 2 },
      bird: [],
    });
  });

  it('asks BIRD by its socket, and says what its sessions are', async () => {
    const bird = createServer((socket) => {
      socket.write(ANSWER.slice(0, 35));
      socket.once('data', (asked) => {
        assert.equal(asked.toString(), 'show protocols all\n');
        socket.write(ANSWER.slice(35, 500));
        setTimeout(() => socket.write(ANSWER.slice(500)), 50);
      });
      socket.on('error', () => {});
    });
    mkdirSync(join(dir, 'calico'));
    bird.listen(join(dir, 'calico/bird.ctl'));
    await once(bird, 'listening');
    const seen = await probe();
    bird.close();
    assert.deepEqual(
      seen.bird.map(({ family, problem }) => [family, problem]),
      [[4, null]],
    );
    assert.deepEqual(seen.bird.flatMap(sessionsOf), [
      { peer: '192.168.4.61', established: true, state: 'Established' },
      { peer: '192.168.4.62', established: false, state: 'Active Socket: Connection refused' },
      { peer: 'fd00::62', established: false, state: 'Idle (Received: Bad peer AS)' },
    ]);
  });

  it('says why a BIRD whose socket is there does not answer', async () => {
    mkdirSync(join(dir, 'bird'));
    writeFileSync(join(dir, 'bird/bird6.ctl'), '');
    const [seen] = (await probe()).bird;
    assert.deepEqual([seen?.family, seen?.lines], [6, []]);
    assert.match(seen?.problem ?? '', /bird6\.ctl: Connection refused$/);
  });

  it('takes nothing that is no answer for one', () => {
    for (const text of ['', 'no', '{', '{}', '{"bird": 1}', '[]']) assert.equal(readNodeSeen(text), undefined, text);
  });
});

describe('what the API says for a status', () => {
  let server: Server;
  const answers: Record<string, { status?: number; body: unknown }> = {};
  const list = (...items: unknown[]) => ({ body: { items } });
  const group = (...names: string[]) => ({ body: { resources: names.map((name) => ({ name })) } });
  const ask = async () => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = {
      clusters: [{ name: 'c', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    return apiSeen(await apiServerOf(JSON.stringify(config)), () => {});
  };
  beforeEach(async () => {
    for (const path of Object.keys(answers)) delete answers[path];
    Object.assign(answers, {
      '/version': { body: { gitVersion: 'v1.35.4' } },
      '/api/v1/nodes': list({
        metadata: { name: 'homelab' },
        status: {
          conditions: [{ type: 'Ready', status: 'False' }],
          addresses: [{ type: 'InternalIP', address: '192.168.4.62' }],
          nodeInfo: { kubeletVersion: 'v1.35.4' },
        },
      }),
      '/apis/crd.projectcalico.org/v1': group('networkpolicies', 'ippools', 'clusterinformations', 'tiers'),
      '/apis/crd.projectcalico.org/v1/networkpolicies': list({
        metadata: { name: 'default.a', namespace: 'n' },
        spec: {},
      }),
      '/apis/crd.projectcalico.org/v1/tiers': list({ metadata: { name: 'default' }, spec: {} }),
      '/apis/crd.projectcalico.org/v1/ippools': list({ metadata: { name: 'p' }, spec: { cidr: '10.0.0.0/16' } }),
      '/apis/crd.projectcalico.org/v1/clusterinformations': list({
        metadata: { name: 'default' },
        spec: { calicoVersion: 'v3.31.5' },
      }),
      '/apis/crd.projectcalico.org/v1/ipamblocks': list(
        { spec: { cidr: '10.0.0.0/26', affinity: 'host:homelab', allocations: [0, null], attributes: [{}] } },
        { spec: { cidr: '10.0.0.64/26', deleted: true, allocations: [] } },
      ),
      '/apis/networking.k8s.io/v1/networkpolicies': list({ metadata: { name: 'b', namespace: 'n' }, spec: {} }),
    });
    server = createHttp((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://x');
      const { status = 200, body } = answers[pathname] ?? { status: 404, body: { message: 'there is none' } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it('is versions, nodes, pools, blocks and the names of policies', async () => {
    assert.deepEqual(await ask(), {
      kubernetes: { value: '1.35.4' },
      calico: { value: '3.31.5' },
      nodes: {
        value: [{ name: 'homelab', ready: false, kubelet: '1.35.4', addresses: ['192.168.4.62'], podCIDRs: [] }],
      },
      pools: { value: [{ name: 'p', spec: { cidr: '10.0.0.0/16' } }] },
      blocks: { value: [{ cidr: '10.0.0.0/26', node: 'homelab', inUse: 1, borrowed: 0 }] },
      policies: {
        value: [
          { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'b', namespace: 'n' } },
          { apiVersion: 'projectcalico.org/v3', kind: 'NetworkPolicy', metadata: { name: 'a', namespace: 'n' } },
          { apiVersion: 'projectcalico.org/v3', kind: 'Tier', metadata: { name: 'default' } },
        ],
      },
    });
  });

  it('is not known list by list, each with its reason', async () => {
    answers['/api/v1/nodes'] = { status: 403, body: { message: 'nodes is forbidden' } };
    delete answers['/apis/crd.projectcalico.org/v1/ipamblocks'];
    const seen = await ask();
    assert.deepEqual(seen.nodes, { unknown: 'nodes is forbidden' });
    assert.deepEqual(seen.blocks, { unknown: 'the API has no IPAM blocks (crd.projectcalico.org/v1 ipamblocks)' });
    assert.deepEqual(seen.calico, { value: '3.31.5' });
    delete answers['/apis/crd.projectcalico.org/v1'];
    const without = await ask();
    for (const known of [without.calico, without.pools, without.policies])
      assert.match('unknown' in known ? known.unknown : '', /serves none of Calico's kinds/);
    assert.deepEqual(without.kubernetes, { value: '1.35.4' });
  });

  it('ends at once where there is no server, or it does not know who asks', async () => {
    answers['/version'] = { status: 401, body: {} };
    await assert.rejects(ask(), (error) => error instanceof UserError && error.findings[0]?.code === 'no-credentials');
  });
});
