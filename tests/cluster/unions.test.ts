import assert from 'node:assert/strict';
import { type Cluster, type Finding, parseCluster } from '../../cluster/index.ts';
import { clusterOf, edited } from '../support/stacks.ts';

const node = { address: '10.0.0.1', roles: ['control-plane', 'etcd', 'worker'] };
const least = {
  apiVersion: 'calispray/v1',
  name: 'least',
  nodes: { one: node },
  network: { nodes: '10.0.0.0/24', encapsulation: 'none' },
};

function networkWith(network: object): Cluster['network'] {
  return clusterOf(edited(least, { network })).network;
}

function found(network: object): Pick<Finding, 'code' | 'path' | 'hint'>[] {
  const parsed = parseCluster(edited(least, { network }));
  return parsed.ok ? [] : parsed.findings.map(({ code, path, hint }) => ({ code, path, hint }));
}

describe('unions, written short or in full', () => {
  it('encapsulation', () => {
    assert.deepEqual(networkWith({ encapsulation: 'none' }).encapsulation, { kind: 'none' });
    assert.deepEqual(networkWith({ encapsulation: { ipip: 'cross-subnet' } }).encapsulation, {
      kind: 'ipip',
      mode: 'cross-subnet',
    });
    const standard = { kind: 'vxlan', mode: 'always', vni: 4096, port: 4789 };
    assert.deepEqual(networkWith({ encapsulation: { vxlan: 'always' } }).encapsulation, standard);
    assert.deepEqual(networkWith({ encapsulation: { vxlan: 'always', vni: 7, port: 8472 } }).encapsulation, {
      ...standard,
      vni: 7,
      port: 8472,
    });
  });

  it('data planes', () => {
    const iptables = { kind: 'iptables', backend: 'auto', lockTimeoutSeconds: 10 };
    for (const dataplane of [undefined, 'iptables', { iptables: {} }]) {
      assert.deepEqual(networkWith({ dataplane }).dataplane, iptables);
    }
    assert.deepEqual(networkWith({ dataplane: { iptables: { backend: 'nft' } } }).dataplane, {
      ...iptables,
      backend: 'nft',
    });
    assert.deepEqual(networkWith({ dataplane: 'nftables' }).dataplane, { kind: 'nftables' });
    const ebpf = { kind: 'ebpf', serviceMode: 'tunnel', logLevel: 'off' };
    for (const dataplane of ['ebpf', { ebpf: {} }]) assert.deepEqual(networkWith({ dataplane }).dataplane, ebpf);
    assert.deepEqual(networkWith({ dataplane: { ebpf: { serviceMode: 'dsr' } } }).dataplane, {
      ...ebpf,
      serviceMode: 'dsr',
    });
  });

  it('IPAM', () => {
    const calico = { kind: 'calico', strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0 };
    for (const ipam of [undefined, 'calico', { calico: {} }]) assert.deepEqual(networkWith({ ipam }).ipam, calico);
    assert.deepEqual(networkWith({ ipam: { calico: { maxBlocksPerHost: 3 } } }).ipam, {
      ...calico,
      maxBlocksPerHost: 3,
    });
    const hostLocal = { kind: 'host-local', nodePrefix: 24, nodePrefix6: 120 };
    for (const ipam of ['host-local', { 'host-local': {} }]) assert.deepEqual(networkWith({ ipam }).ipam, hostLocal);
  });

  it('who tells nodes the routes', () => {
    const nodes = { one: { ...node, roles: [...node.roles, 'route-reflector'] } };
    const bgp = { topology: { reflectors: {} } };
    assert.deepEqual(clusterOf(edited({ ...least, nodes }, { network: { bgp } })).network.bgp.topology, {
      reflectors: { clusterId: '244.0.0.1' },
    });
    assert.equal(networkWith({}).bgp.topology, 'full-mesh');
  });

  it('how a node finds its address', () => {
    for (const way of ['auto', 'first-found', { canReach: '10.0.0.9' }, { cidr: ['10.0.0.0/24'] }]) {
      assert.deepEqual(networkWith({ autodetection: way }).autodetection, way);
    }
  });

  it('encapsulation of a further pool, whose VNI and port are the cluster’s', () => {
    const pools = (encapsulation: unknown, ...further: unknown[]) =>
      networkWith({
        pods: '10.244.0.0/14',
        pool: { cidr: '10.244.0.0/16' },
        encapsulation,
        furtherPools: further.map((own, i) => ({ name: `p${i}`, cidr: `10.${245 + i}.0.0/16`, encapsulation: own })),
      }).furtherPools.map((pool) => pool.encapsulation);
    const vxlan = { vxlan: 'always', vni: 7, port: 8472 };
    const kind = { kind: 'vxlan', vni: 7, port: 8472 };
    assert.deepEqual(pools(vxlan, undefined, { vxlan: 'cross-subnet' }, 'none'), [
      { ...kind, mode: 'always' },
      { ...kind, mode: 'cross-subnet' },
      { kind: 'none' },
    ]);
    assert.deepEqual(pools({ ipip: 'always' }, { ipip: 'cross-subnet' }), [{ kind: 'ipip', mode: 'cross-subnet' }]);
  });

  const bad =
    'Write none, { ipip: always }, { ipip: cross-subnet }, { vxlan: always } or { vxlan: cross-subnet }: one of them.';
  const wrong: [what: string, network: object, expected: Pick<Finding, 'code' | 'path' | 'hint'>][] = [
    [
      'a mistake inside the one that is meant',
      { encapsulation: { vxlan: 'always', vni: 16777216 } },
      { code: 'out-of-range', path: 'network.encapsulation.vni', hint: 'Write at most 16777215.' },
    ],
    [
      'an unknown key of the one that is meant',
      { dataplane: { ebpf: { serviceMod: 'dsr' } } },
      { code: 'unknown-key', path: 'network.dataplane.ebpf.serviceMod', hint: 'Did you mean serviceMode?' },
    ],
    [
      'an unknown key beside its name',
      { encapsulation: { vxlan: 'always', prot: 4789 } },
      { code: 'unknown-key', path: 'network.encapsulation.prot', hint: 'Did you mean port?' },
    ],
    [
      'two of them',
      { encapsulation: { ipip: 'always', vxlan: 'always' } },
      { code: 'bad-encapsulation', path: 'network.encapsulation', hint: bad },
    ],
    ['an empty map', { encapsulation: {} }, { code: 'bad-encapsulation', path: 'network.encapsulation', hint: bad }],
    [
      'a word that is none of them',
      { dataplane: 'ebfp' },
      {
        code: 'wrong-type',
        path: 'network.dataplane',
        hint: 'Did you mean ebpf? Write iptables, nftables or ebpf, or { iptables: { … } } or { ebpf: { … } }: one of them.',
      },
    ],
    [
      'a map where there is a word',
      { mtu: { auto: true } },
      { code: 'wrong-type', path: 'network.mtu', hint: 'Write auto, or a number from 68 to 65535.' },
    ],
    [
      'the options of one under the name of another',
      { ipam: { 'host-local': { strictAffinity: true } } },
      {
        code: 'unknown-key',
        path: 'network.ipam.host-local.strictAffinity',
        hint: 'Known here: nodePrefix, nodePrefix6.',
      },
    ],
  ];
  for (const [what, network, expected] of wrong) {
    it(`say where the mistake is: ${what}`, () => assert.deepEqual(found(network), [expected]));
  }
});

describe('what follows from other fields', () => {
  it('a jump host is asked as the node’s user, unless it says another', () => {
    const jump = { host: 'bastion' };
    const of = (ssh: object) => clusterOf({ ...least, ssh }).nodes[0]?.ssh;
    assert.deepEqual(of({ user: 'deploy', jump })?.jump, { host: 'bastion', port: 22, user: 'deploy' });
    assert.deepEqual(of({ jump: { ...jump, user: 'hop', port: 2200, key: '~/k', hostKey: 'accept-new' } })?.jump, {
      ...{ host: 'bastion', port: 2200, user: 'hop' },
      ...{ key: '~/k', hostKey: 'accept-new' },
    });
  });

  it('a jump host of a node replaces that of the cluster whole', () => {
    const nodes = { one: { ...node, ssh: { jump: { host: 'near' } } } };
    const cluster = clusterOf({ ...least, nodes, ssh: { user: 'x', jump: { host: 'far', port: 2200 } } });
    assert.deepEqual(cluster.nodes[0]?.ssh.jump, { host: 'near', port: 22, user: 'x' });
  });

  it('sudo, unless the user is root or it is said', () => {
    const become = (ssh: object) => clusterOf({ ...least, ssh }).nodes[0]?.ssh.become;
    assert.deepEqual([become({}), become({ user: 'root' }), become({ user: 'deploy' })], [false, false, true]);
    assert.deepEqual([become({ become: true }), become({ user: 'deploy', become: false })], [true, false]);
  });

  it('the pool of the second stack is its pod range', () => {
    const nodes = { one: { ...node, address6: 'fd00::1' } };
    const { network } = clusterOf(
      edited({ ...least, nodes }, { network: { ipv6: { nodes: 'fd00::/64', encapsulation: 'none' } } }),
    );
    assert.deepEqual(network.ipv6, {
      nodes: 'fd00::/64',
      pods: 'fd85:ee78:d8a6:8607::1:0/112',
      services: 'fd85:ee78:d8a6:8607::1000/116',
      pool: { cidr: 'fd85:ee78:d8a6:8607::1:0/112', blockSize: 122, natOutgoing: false },
      encapsulation: { kind: 'none' },
      autodetection: 'auto',
    });
  });

  it('IPv6 has a tunnel of its own, or none', () => {
    const nodes = { one: { ...node, address6: 'fd00::1' } };
    const ipv6 = { nodes: 'fd00::/64', encapsulation: { vxlan: 'cross-subnet' } };
    const { network } = clusterOf(edited({ ...least, nodes }, { network: { ipv6 } }));
    assert.deepEqual(network.ipv6?.encapsulation, { kind: 'vxlan', mode: 'cross-subnet' });
    assert.deepEqual(network.encapsulation, { kind: 'none' });
  });

  it('nodes stand in the order they joined, and then by name; the only member needs no order', () => {
    const worker = (last: number) => ({ address: `10.0.0.${last}`, roles: ['worker'] });
    const nodes = { d: worker(2), zero: node, b: worker(3), c: worker(4), a: worker(5) };
    const { nodes: made, kubespray } = clusterOf({ ...least, nodes });
    assert.deepEqual(
      made.map(({ name }) => name),
      ['zero', 'a', 'b', 'c', 'd'],
    );
    assert.deepEqual([kubespray.order, kubespray.controller], [['zero'], 'zero']);
  });

  it('a peer has the defaults of its fields', () => {
    const peers = [{ address: '10.0.0.9', as: 64700 }];
    const full = { filters: [], sourceAddress: 'node-ip' };
    assert.deepEqual(networkWith({ bgp: { topology: 'routers', peers } }).bgp.peers, [{ ...peers[0], ...full }]);
    const own = { address: '10.0.0.9', as: 64700, name: 'a', filters: ['f'], sourceAddress: 'none', allowedLocalAs: 2 };
    const nodes = { one: { ...node, bgp: { as: 64601, peers: [own] } } };
    const cluster = clusterOf(edited({ ...least, nodes }, { network: { bgp: { topology: 'routers' } } }));
    assert.deepEqual(cluster.nodes[0]?.bgp, { as: 64601, peers: [own] });
  });

  it('Typha is there where it is written, with its defaults', () => {
    assert.equal('typha' in clusterOf(least).calico, false);
    assert.deepEqual(clusterOf({ ...least, calico: { typha: {} } }).calico.typha, {
      replicas: 1,
      secure: false,
      maxConnectionsLowerLimit: 300,
      metrics: { enabled: false, port: 9093 },
    });
  });

  it('an image is there where something is said of it', () => {
    const images = { node: { tag: 'v3.31.5' }, cni: {} };
    assert.deepEqual(clusterOf({ ...least, calico: { images } }).calico.images, { node: { tag: 'v3.31.5' } });
  });

  it('a key of another choice is no misspelt one', () => {
    const parsed = (encapsulation: object) => {
      const result = parseCluster(edited(least, { network: { encapsulation } }));
      return result.ok ? [] : result.findings.map(({ path, message, hint }) => [path, message, hint]);
    };
    const out = 'Leave one or the other out.';
    const at = 'network.encapsulation';
    assert.deepEqual(parsed({ ipip: 'always', vni: 4 }), [[`${at}.vni`, '“vni” does not go with ipip', out]]);
    assert.deepEqual(parsed({ vxlan: 'always', ipip: 'on' }), [[`${at}.ipip`, '“ipip” does not go with vxlan', out]]);
    assert.deepEqual(parsed({ vxlan: 'always', vnni: 4 }), [
      [`${at}.vnni`, 'there is no key “vnni” here', 'Did you mean vni?'],
    ]);
  });
});
