import { join } from 'node:path';
import { cases, ipv6, one, peer, routers, two } from '../support/mistakes.ts';

const members = {
  b: { address: '10.0.0.1', roles: ['control-plane'] },
  a: { address: '10.0.0.2', roles: ['etcd'] },
  c: { address: '10.0.0.3', roles: ['worker'] },
};
const ordered = (...order: unknown[]) => ({ nodes: members, kubespray: { order } });

const dual = (first: object, second: object) => ({
  nodes: { one: { ...one, ...first }, two: { ...two, ...second } },
  network: { ipv6 },
});

const migrating = (from: unknown, encapsulation: unknown) => ({
  migrate: { encapsulation: { from } },
  network: { encapsulation },
});

const reflecting = { one, two: { ...two, roles: ['worker', 'route-reflector'] } };
const peering = { one, two: { ...two, bgp: { peers: [peer] } } };

const reflectors = { reflectors: {} };

const other = { address: '10.0.0.8', as: 64700 };

describe('mistakes across fields: nodes and their routes', () => {
  cases(join(import.meta.dirname, 'golden/consistency-nodes.txt'), {
    'the order in which nodes joined': [
      ['all members', ordered('b', 'a')],
      ['none where there is one member', { kubespray: {} }],
      ['none where there are two', { nodes: members }, 'order-missing at kubespray.order'],
      ['one that leaves a member out', ordered('a'), 'order-wrong at kubespray.order'],
      ['one with a worker', ordered('a', 'b', 'c'), 'order-wrong at kubespray.order'],
      ['one with two that are no members', ordered('a', 'b', 'c', 'd'), 'order-wrong at kubespray.order'],
      ['one that leaves all out', ordered(), 'order-wrong at kubespray.order'],
    ],
    'hosts that are gone for good': [
      ['one that is no longer declared', { kubespray: { removeDead: ['three'] } }],
      [
        'one that is a node all the same',
        { kubespray: { removeDead: ['three', 'two'] } },
        'dead-node-declared at kubespray.removeDead[1]',
      ],
    ],
    'a migration': [
      ['from another encapsulation', migrating({ vxlan: 'cross-subnet' }, { vxlan: 'always' })],
      ['from none', migrating('none', { ipip: 'always' })],
      [
        'from what the cluster shall have, under another port',
        migrating({ vxlan: 'always' }, { vxlan: 'always', port: 8472 }),
        'migration-to-the-same at migrate.encapsulation.from',
      ],
      ['from none to none', migrating('none', 'none'), 'migration-to-the-same at migrate.encapsulation.from'],
    ],
    'the addresses of nodes': [
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
    ],
    'names of etcd members': [
      ['one of its own', { nodes: { one: { ...one, etcdMember: 'etcd1' }, two } }],
      [
        'one without the role',
        { nodes: { one, two: { ...two, etcdMember: 'etcd2' } } },
        'etcd-member-unused at nodes.two.etcdMember',
      ],
      [
        'that of another node',
        {
          nodes: { one: { ...one, etcdMember: 'two' }, two: { ...two, roles: ['etcd'] } },
          kubespray: { order: ['one', 'two'] },
        },
        'duplicate-etcd-member at nodes.two.etcdMember',
      ],
    ],
    taints: [
      [
        'one key with two effects',
        { nodes: { one, two: { ...two, taints: ['a=b:NoSchedule', 'a=b:NoExecute', 'c:NoExecute'] } } },
      ],
      [
        'two values for a key and effect',
        { nodes: { one, two: { ...two, taints: ['a=b:NoSchedule', 'a=c:NoSchedule'] } } },
        'repeated at nodes.two.taints[1]',
      ],
    ],
    'who tells nodes the routes': [
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
      [
        'routers that are nobody',
        { network: { bgp: { topology: 'routers' } } },
        'routers-missing at network.bgp.topology',
      ],
      ['a mesh beside routers', { network: { bgp: { peers: [peer] } } }, 'mesh-with-peers at network.bgp.topology'],
      [
        'a written mesh beside a router of one node',
        { nodes: peering, network: { bgp: { topology: 'full-mesh' } } },
        'mesh-with-peers at network.bgp.topology',
      ],
    ],
    peers: [
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
    ],
  });
});
