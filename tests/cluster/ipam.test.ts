import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Capacity, deriveCapacity } from '../../cluster/index.ts';
import { dualStack } from '../support/networks.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const lab = stackCluster('lab');

/** Of the lab (masternode and two workers, all of them running pods), with other settings of the network. */
function capacityOf(network: object, more: object = {}): Capacity {
  return deriveCapacity(clusterOf({ ...edited(lab, { network }), ...more }));
}

function only(capacity: Capacity) {
  const [family, ...others] = capacity.families;
  assert.ok(family !== undefined && others.length === 0);
  return family;
}

const nodes = (roles: readonly (readonly string[])[]) => ({
  kubespray: {
    order: roles.flatMap((each, i) => (each.includes('control-plane') || each.includes('etcd') ? [`n${i}`] : [])),
  },
  nodes: Object.fromEntries(roles.map((each, i) => [`n${i}`, { address: `192.168.4.${i + 1}`, roles: each }])),
});

describe('the capacity of a cluster', () => {
  it('counts blocks and addresses of the pool', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 26 }), fc.integer({ min: 20, max: 32 }), (prefix, blockSize) => {
        fc.pre(blockSize >= prefix);
        const { pools } = only(
          capacityOf({ pods: `10.0.0.0/${prefix}`, services: '172.16.0.0/16', pool: { blockSize } }),
        );
        const [pool] = pools;
        assert.ok(pool !== undefined);
        assert.equal(pool.blocks * pool.blockAddresses, pool.addresses);
        assert.equal(pool.addresses, 2 ** (32 - prefix));
        assert.equal(pool.blockAddresses, 2 ** (32 - blockSize));
      }),
      { numRuns: 30 },
    );
  });

  it('of the reference pool, 10.244.0.0/16 in blocks of 64', () => {
    const capacity = capacityOf({ encapsulation: { ipip: 'always' } });
    const family = only(capacity);
    assert.deepEqual(
      family.pools.map(({ blocks, addresses, name }) => [name, blocks, addresses]),
      [['default-pool', 1024, 65536]],
    );
    assert.deepEqual(family.tunnels, ['IP-in-IP']);
    // 110 pods and a tunnel address: two blocks; 65536 / 111 nodes where the last ones borrow, 1024 / 2 where none does.
    assert.deepEqual(
      [family.blocksPerFullNode, family.nodes, family.ownBlocks.nodes, family.keptPerNode],
      [2, 590, 512, 0],
    );
    assert.deepEqual([capacity.workers, capacity.others, capacity.podsPerNode, capacity.pods], [3, 0, 110, 330]);
  });

  it('of strict affinity is what own blocks hold, the rest of a last block being nobody else’s', () => {
    const family = only(capacityOf({ encapsulation: { ipip: 'always' }, ipam: { calico: { strictAffinity: true } } }));
    assert.deepEqual([family.nodes, family.ownBlocks.nodes, family.keptPerNode], [512, 512, 2 * 64 - 111]);
  });

  it('stops a node at twenty blocks where no number is declared', () => {
    const narrow = only(capacityOf({ encapsulation: 'none', pool: { blockSize: 30 } }));
    assert.deepEqual([narrow.maxBlocksPerNode, narrow.podsPerNode, narrow.blocksPerFullNode], [20, 80, 20]);
    const tunnel = only(capacityOf({ encapsulation: { ipip: 'always' }, pool: { blockSize: 32 } }));
    assert.deepEqual([tunnel.podsPerNode, tunnel.blocksPerFullNode], [19, 20]);
    const declared = only(
      capacityOf({ encapsulation: 'none', ipam: { calico: { strictAffinity: true, maxBlocksPerHost: 1 } } }),
    );
    assert.deepEqual([declared.maxBlocksPerNode, declared.podsPerNode, declared.nodes], [1, 64, 1024]);
    const wide = only(
      capacityOf({
        encapsulation: 'none',
        pool: { blockSize: 30 },
        ipam: { calico: { strictAffinity: true, maxBlocksPerHost: 30 } },
      }),
    );
    assert.deepEqual([wide.podsPerNode, wide.blocksPerFullNode], [110, 28]);
  });

  it('is nothing where no node may take a block by itself', () => {
    const ipam = { calico: { strictAffinity: true, autoAllocateBlocks: false } };
    const capacity = capacityOf({ ipam });
    assert.deepEqual(
      [capacity.podsPerNode, capacity.nodes, capacity.pods, only(capacity).blocksPerFullNode],
      [0, 0, 0, 0],
    );
  });

  it('gives every tunnel an address of every node, those without pods too', () => {
    const roles = [['control-plane', 'etcd'], ['worker'], ['worker'], ['etcd'], ['etcd'], ['route-reflector']];
    const declared = nodes(roles);
    const bgp = { topology: { reflectors: { clusterId: '244.0.0.1' } } };
    const change = {
      pods: '10.0.0.0/27',
      encapsulation: { vxlan: 'always' },
      wireguard: true,
      bgp,
      pool: { blockSize: 30 },
    };
    const capacity = capacityOf(change, {
      ...declared,
      kubespray: { ...(lab.kubespray as object), controller: 'n0', ...declared.kubespray },
    });
    const family = only(capacity);
    assert.deepEqual([capacity.workers, capacity.others], [2, 2]);
    assert.deepEqual(family.tunnels, ['VXLAN', 'WireGuard']);
    // 32 addresses less two for each of four nodes.
    assert.equal(family.pods, 24);
    // Eight blocks: one each for the four nodes (two addresses left), four more for pods.
    assert.equal(family.ownBlocks.pods, 2 * 2 + 4 * 4);
  });

  it('of host-local is one range a node, of kubespray’s size', () => {
    const capacity = capacityOf({ encapsulation: { vxlan: 'always' }, ipam: { 'host-local': { nodePrefix: 25 } } });
    const family = only(capacity);
    assert.deepEqual(
      family.pools.map(({ name, cidr, blocks, blockAddresses }) => [name, cidr, blocks, blockAddresses]),
      [['node ranges', '10.244.0.0/16', 512, 128]],
    );
    assert.deepEqual([family.podsPerNode, family.nodes, family.pods, family.tunnels], [110, 512, 330, []]);
    const narrow = only(capacityOf({ pods: '10.244.0.0/26', pool: {}, ipam: { 'host-local': { nodePrefix: 27 } } }));
    // Network, gateway and broadcast of each /27; room for two of the three workers.
    assert.deepEqual([narrow.podsPerNode, narrow.nodes, narrow.pods, narrow.keptPerNode], [29, 2, 58, 3]);
  });

  it('of two families is that of the narrower one', () => {
    const capacity = deriveCapacity(
      clusterOf(
        dualStack(lab, {
          encapsulation: { ipip: 'always' },
          ipv6: { pods: 'fd00:244::/120', pool: { blockSize: 124 }, encapsulation: { vxlan: 'always' } },
        }),
      ),
    );
    const [four, six] = capacity.families;
    assert.ok(four !== undefined && six !== undefined);
    assert.deepEqual(
      six.pools.map(({ name, blocks, addresses }) => [name, blocks, addresses]),
      [['default-pool-ipv6', 16, 256]],
    );
    assert.deepEqual([four.tunnels, six.tunnels], [['IP-in-IP'], ['VXLAN']]);
    assert.deepEqual([four.pods, six.pods, capacity.pods], [330, 253, 253]);
    assert.deepEqual([capacity.nodes, six.nodes], [2, 2]);
    const wide = deriveCapacity(clusterOf(dualStack(lab)));
    assert.deepEqual(wide.families[1]?.pools[0]?.addresses, 2 ** 72);
    assert.equal(wide.pods, 330);
  });

  it('of host-local gives those without pods a range too, and is nothing where a range has no room', () => {
    const declared = nodes([['control-plane', 'etcd'], ['worker'], ['worker'], ['worker']]);
    const more = { ...declared, kubespray: { version: 'v2.31.0', ...declared.kubespray } };
    const change = { pods: '10.244.0.0/24', pool: {}, ipam: { 'host-local': { nodePrefix: 26 } } };
    const family = only(capacityOf(change, more));
    assert.deepEqual([family.nodes, family.pods, family.ownBlocks], [3, 183, { nodes: 3, pods: 183 }]);
    const none = only(capacityOf({ ...change, ipam: { 'host-local': { nodePrefix: 31 } } }, more));
    assert.deepEqual([none.podsPerNode, none.nodes, none.pods], [0, 0, 0]);
    const [pool] = family.pools;
    assert.deepEqual([pool?.nodeSelector, pool?.disabled], ['all()', false]);
  });

  it('takes an IPv6 address for WireGuard only where that carries IPv6', () => {
    const tunnels = (environment: object) =>
      deriveCapacity(
        clusterOf({ ...dualStack(lab, { encapsulation: 'none', wireguard: true }), calico: { node: { environment } } }),
      ).families.map((family) => family.tunnels);
    assert.deepEqual(tunnels({}), [['WireGuard'], []]);
    assert.deepEqual(tunnels({ FELIX_WIREGUARDENABLEDV6: 'true' }), [['WireGuard'], ['WireGuard']]);
  });

  it('of host-local over IPv6 keeps the network and the gateway', () => {
    const ipam = { 'host-local': { nodePrefix6: 124 } };
    const [, six] = deriveCapacity(clusterOf(dualStack(lab, { ipam, encapsulation: 'none' }))).families;
    assert.deepEqual([six?.podsPerNode, six?.pools[0]?.cidr], [14, 'fd00:244::/56']);
  });

  it('counts on further pools that every node may use, and on no others', () => {
    const pool = { cidr: '10.244.0.0/24' };
    const further = (more: object) => ({
      pool,
      furtherPools: [{ name: 'more', cidr: '10.244.1.0/24', ...more }],
      encapsulation: 'none',
    });
    const addresses = (more: object) => only(capacityOf(further(more)));
    assert.deepEqual([addresses({}).nodes, addresses({}).pools.length], [4, 2]);
    assert.deepEqual(addresses({ blockSize: 27 }).nodes, 2 + 2);
    assert.deepEqual(addresses({ disabled: true }).nodes, 2);
    // The tunnel's addresses are taken from the first: 256 - 3 for pods there, 256 in the other.
    const mixed = only(
      capacityOf(
        { ...further({ blockSize: 27 }), encapsulation: { ipip: 'always' } },
        { kubernetes: { maxPods: 200 } },
      ),
    );
    assert.deepEqual([mixed.nodes, mixed.pods], [Math.floor(256 / 201) + Math.floor(256 / 200), 256 - 3 + 256]);
    const selected = addresses({ nodeSelector: 'has(rack)' });
    assert.deepEqual([selected.nodes, selected.pools[1]?.nodeSelector], [2, 'has(rack)']);
  });
});
