import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Finding, formatFinding, parseCluster } from '../../cluster/index.ts';
import { assertGolden } from '../support/golden.ts';
import { edited } from '../support/stacks.ts';

const one = { address: '10.0.0.1', roles: ['control-plane', 'etcd', 'worker'] };
const two = { address: '10.0.0.2', roles: ['worker'] };

/** Two nodes over VXLAN, the pool half of the pod range. */
const base = {
  apiVersion: 'calispray/v1',
  name: 'base',
  nodes: { one, two },
  network: {
    nodes: '10.0.0.0/24',
    pods: '10.244.0.0/15',
    pool: { cidr: '10.244.0.0/16' },
    encapsulation: { vxlan: 'always' },
  },
};
const ipv6 = { nodes: 'fd00::/64', encapsulation: 'none' };
const peer = { address: '10.0.0.9', as: 64700 };
const pool = { name: 'second', cidr: '10.245.0.0/16' };
const reflectors = { reflectors: {} };
const globalPolicy = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'own' },
  spec: {},
};

function findingsOf(change: object): readonly Finding[] {
  const parsed = parseCluster(edited(base, change));
  return parsed.ok ? [] : parsed.findings;
}

/** `code at path` of each finding, in order. */
function mistakes(change: object): string[] {
  return findingsOf(change).map((f) => `${f.code} at ${f.path}`);
}

/** What is said, in the order of the findings, of a change to the cluster above. */
type Case = readonly [what: string, change: object, expected?: string];

const everyCase: Case[] = [];

/** A case without an expectation is one that is right, beside those that are wrong. */
function cases(topic: string, all: readonly Case[]): void {
  everyCase.push(...all);
  describe(topic, () => {
    for (const [what, change, expected] of all) {
      it(`${expected === undefined ? 'takes' : 'refuses'} ${what}`, () => {
        assert.deepEqual(mistakes(change), expected === undefined ? [] : [expected]);
      });
    }
  });
}

const dual = (first: object, second: object) => ({
  nodes: { one: { ...one, ...first }, two: { ...two, ...second } },
  network: { ipv6 },
});

cases('the addresses of nodes', [
  ['one of each stack', dual({ address6: 'fd00::1' }, { address6: 'fd00::2' })],
  [
    'a node without one of the second stack',
    dual({ address6: 'fd00::1' }, {}),
    'address6-missing at nodes.two.address6',
  ],
  [
    'one of a stack that is not there',
    { nodes: { one, two: { ...two, address6: 'fd00::2' } } },
    'address6-unused at nodes.two.address6',
  ],
  [
    'one IPv6 address twice, written in two ways',
    dual({ address6: 'fd00::1' }, { address6: 'FD00:0::0001' }),
    'duplicate-address at nodes.two.address6',
  ],
  [
    'one IPv4 address twice',
    { nodes: { one, two: { ...two, address: '10.0.0.1' } } },
    'duplicate-address at nodes.two.address',
  ],
]);

cases('taints', [
  [
    'one key with two effects',
    { nodes: { one, two: { ...two, taints: ['a=b:NoSchedule', 'a=b:NoExecute', 'c:NoExecute'] } } },
  ],
  [
    'two values for a key and effect',
    { nodes: { one, two: { ...two, taints: ['a=b:NoSchedule', 'a=c:NoSchedule'] } } },
    'repeated at nodes.two.taints[1]',
  ],
]);

const reflecting = { one, two: { ...two, roles: ['worker', 'route-reflector'] } };
const peering = { one, two: { ...two, bgp: { peers: [peer] } } };

cases('who tells nodes the routes', [
  ['reflectors', { nodes: reflecting, network: { bgp: { topology: reflectors } } }],
  ['reflectors beside routers', { nodes: reflecting, network: { bgp: { topology: reflectors, peers: [peer] } } }],
  [
    'reflectors that are no node',
    { network: { bgp: { topology: reflectors } } },
    'reflectors-missing at network.bgp.topology',
  ],
  ['a reflector that nobody asks', { nodes: reflecting }, 'reflectors-unused at nodes.two.roles[1]'],
  [
    'a reflector beside routers alone',
    { nodes: reflecting, network: { bgp: { topology: 'routers', peers: [peer] } } },
    'reflectors-unused at nodes.two.roles[1]',
  ],
  ['routers of every node', { network: { bgp: { topology: 'routers', peers: [peer] } } }],
  ['a router of one node', { nodes: peering, network: { bgp: { topology: 'routers' } } }],
  ['routers that are nobody', { network: { bgp: { topology: 'routers' } } }, 'routers-missing at network.bgp.topology'],
  ['a mesh beside routers', { network: { bgp: { peers: [peer] } } }, 'mesh-with-peers at network.bgp.topology'],
  [
    'a written mesh beside a router of one node',
    { nodes: peering, network: { bgp: { topology: 'full-mesh' } } },
    'mesh-with-peers at network.bgp.topology',
  ],
]);

const routers = (peers: object[], own: object[] = []) => ({
  nodes: { one, two: { ...two, bgp: { peers: own } } },
  network: { bgp: { topology: 'routers', peers } },
});
const other = { address: '10.0.0.8', as: 64700 };

cases('peers', [
  [
    'two of them',
    routers([
      { ...peer, name: 'a' },
      { ...other, name: 'b' },
    ]),
  ],
  ['one at two nodes', { ...routers([]), nodes: { one: { ...one, bgp: { peers: [peer] } }, two: peering.two } }],
  ['one address twice', routers([peer, { ...peer, as: 64701 }]), 'duplicate-peer at network.bgp.peers[1].address'],
  [
    'one name twice',
    routers([
      { ...peer, name: 'a' },
      { ...other, name: 'a' },
    ]),
    'duplicate-peer at network.bgp.peers[1].name',
  ],
  ['one of every node at a node', routers([peer], [peer]), 'duplicate-peer at nodes.two.bgp.peers[0].address'],
  [
    'one of IPv6 without a second stack',
    routers([{ ...peer, address: 'fd00::9' }]),
    'peer-of-no-stack at network.bgp.peers[0].address',
  ],
  [
    'a node’s own of IPv6 without a second stack',
    routers([], [{ ...peer, address: 'fd00::9' }]),
    'peer-of-no-stack at nodes.two.bgp.peers[0].address',
  ],
  [
    'one IPv6 address twice, written in two ways',
    {
      nodes: { one: { ...one, address6: 'fd00::1' }, two: { ...two, address6: 'fd00::2' } },
      network: {
        ipv6,
        bgp: {
          topology: 'routers',
          peers: [
            { ...peer, address: 'fd00::9' },
            { ...peer, address: 'fd00:0::9' },
          ],
        },
      },
    },
    'duplicate-peer at network.bgp.peers[1].address',
  ],
]);

const pools = (...furtherPools: object[]) => ({ network: { furtherPools } });

cases('further pools', [
  ['one beside the pool', pools(pool)],
  ['two of them', pools({ ...pool, cidr: '10.245.0.0/17' }, { name: 'third', cidr: '10.245.128.0/17' })],
  [
    'one called like the pool',
    pools({ ...pool, name: 'default-pool' }),
    'duplicate-pool at network.furtherPools[0].name',
  ],
  [
    'two called alike',
    pools({ ...pool, cidr: '10.245.0.0/17' }, { ...pool, cidr: '10.245.128.0/17' }),
    'duplicate-pool at network.furtherPools[1].name',
  ],
  [
    'one called like the pool of IPv6',
    {
      nodes: { one: { ...one, address6: 'fd00::1' }, two: { ...two, address6: 'fd00::2' } },
      network: { ipv6, furtherPools: [{ ...pool, name: 'default-pool-ipv6' }] },
    },
    'duplicate-pool at network.furtherPools[0].name',
  ],
  ['one over the pool', pools({ ...pool, cidr: '10.244.128.0/17' }), 'pools-overlap at network.furtherPools[0].cidr'],
  [
    'one over the pool where that is the whole pod range',
    { network: { pool: {}, furtherPools: [pool] } },
    'pools-overlap at network.furtherPools[0].cidr',
  ],
  [
    'one over another',
    pools(pool, { name: 'third', cidr: '10.245.3.0/24' }),
    'pools-overlap at network.furtherPools[1].cidr',
  ],
  [
    'one outside the pod range',
    pools({ ...pool, cidr: '10.250.0.0/16' }),
    'pool-outside-pods at network.furtherPools[0].cidr',
  ],
  ['blocks of the size of the pool', pools({ ...pool, cidr: '10.245.0.0/27', blockSize: 27 })],
  [
    'blocks larger than the pool, by default',
    pools({ ...pool, cidr: '10.245.0.0/27' }),
    'block-larger-than-pool at network.furtherPools[0].blockSize',
  ],
  ['no tunnel beside VXLAN', pools({ ...pool, encapsulation: 'none' })],
  ['the same tunnel in another mode', pools({ ...pool, encapsulation: { vxlan: 'cross-subnet' } })],
  [
    'another tunnel',
    pools({ ...pool, encapsulation: { ipip: 'always' } }),
    'tunnel-off at network.furtherPools[0].encapsulation',
  ],
  [
    'a tunnel beside none',
    { network: { encapsulation: 'none', furtherPools: [{ ...pool, encapsulation: { vxlan: 'always' } }] } },
    'tunnel-off at network.furtherPools[0].encapsulation',
  ],
  [
    'pools that nobody takes addresses from',
    { network: { ipam: { 'host-local': {} }, furtherPools: [pool] } },
    'pools-unused at network.furtherPools',
  ],
]);

cases('nftables', [
  ['the default release', { network: { dataplane: 'nftables' } }],
  ['the first release that knows it', { kubespray: { version: 'v2.29.0' }, network: { dataplane: 'nftables' } }],
  [
    'a release that does not know it',
    { kubespray: { version: 'v2.28.1' }, network: { dataplane: 'nftables' } },
    'nftables-unknown at network.dataplane',
  ],
  [
    'a Calico that does not know it',
    { kubespray: { version: 'v2.29.1' }, calico: { version: '3.28.5' }, network: { dataplane: 'nftables' } },
    'nftables-unknown at network.dataplane',
  ],
  [
    'the first Calico that knows it',
    { kubespray: { version: 'v2.29.1' }, calico: { version: '3.29.0' }, network: { dataplane: 'nftables' } },
  ],
  [
    'a release that nobody knows, which is for a rule',
    { kubespray: { version: 'v9.0.0' }, network: { dataplane: 'nftables' } },
  ],
]);

cases('Calico’s API server', [
  ['none where nothing needs it', { calico: { apiServer: false } }],
  [
    'none beside a further pool',
    { calico: { apiServer: false }, ...pools(pool) },
    'api-server-off at calico.apiServer',
  ],
  [
    'none beside allow-cluster-internal',
    { calico: { apiServer: false }, policies: { allowClusterInternal: {} } },
    'api-server-off at calico.apiServer',
  ],
  [
    'none beside a policy of Calico’s',
    { calico: { apiServer: false }, policies: { extra: [globalPolicy] } },
    'api-server-off at calico.apiServer',
  ],
]);

cases('ports on the nodes', [
  ['BGP where Felix is', { network: { bgp: { listenPort: 9091 } } }, 'same-port at felix.metrics.port'],
  [
    'BGP where Felix would be, were it not off',
    { network: { bgp: { listenPort: 9091 } }, felix: { metrics: { enabled: false } }, monitoring: 'none' },
  ],
  ['Felix where its own health checks are', { felix: { metrics: { port: 9099 } } }, 'same-port at felix.metrics.port'],
  ['Felix where Typha would be', { felix: { metrics: { port: 5473 } } }],
  [
    'Felix where Typha is',
    { felix: { metrics: { port: 5473 } }, calico: { typha: {} } },
    'same-port at felix.metrics.port',
  ],
  [
    'Typha where Felix is',
    { calico: { typha: { metrics: { enabled: true, port: 9091 } } } },
    'same-port at calico.typha.metrics.port',
  ],
  ['Typha’s metrics where Felix is, were they not off', { calico: { typha: { metrics: { port: 9091 } } } }],
]);

describe('mistakes across fields', () => {
  it('are said in words that a golden file keeps', () => {
    const said = everyCase.flatMap(([, change]) => findingsOf(change).map(formatFinding));
    assertGolden(join(import.meta.dirname, 'golden/consistency.txt'), `${said.join('\n')}\n`);
  });
});
