import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deriveNetwork } from '../../cluster/index.ts';
import { poolSize } from '../../cluster/network.ts';
import { dualStack } from '../support/networks.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const lab = stackCluster('lab');

/** Bytes per packet, said here on their own. */
const takes = { none: 0, ipip: 20, vxlan: 50 };

const encapsulations = fc.oneof(
  fc.constant('none'),
  fc.record({ ipip: fc.constantFrom('always', 'cross-subnet') }),
  fc.record({ vxlan: fc.constantFrom('always', 'cross-subnet') }),
);

describe('deriveNetwork', () => {
  const vxlan = (change: object) =>
    deriveNetwork(clusterOf(edited(lab, { network: { encapsulation: { vxlan: 'always' }, ...change } })));

  const cases: [unknown, number, boolean, object][] = [
    ['none', 1500, false, { mtu: 1500, backend: 'bird', ipipMode: 'Never', vxlanMode: 'Never' }],
    [{ ipip: 'always' }, 1500, false, { mtu: 1480, backend: 'bird', ipipMode: 'Always', vxlanMode: 'Never' }],
    [
      { ipip: 'cross-subnet' },
      9000,
      false,
      { mtu: 8980, backend: 'bird', ipipMode: 'CrossSubnet', vxlanMode: 'Never' },
    ],
    [{ vxlan: 'always' }, 1500, false, { mtu: 1450, backend: 'vxlan', ipipMode: 'Never', vxlanMode: 'Always' }],
    [
      { vxlan: 'cross-subnet' },
      1500,
      true,
      { mtu: 1440, backend: 'vxlan', ipipMode: 'Never', vxlanMode: 'CrossSubnet' },
    ],
    ['none', 1400, true, { mtu: 1340, backend: 'bird', ipipMode: 'Never', vxlanMode: 'Never' }],
  ];
  for (const [encapsulation, interfaceMtu, wireguard, expected] of cases) {
    it(`${JSON.stringify(encapsulation)}${wireguard ? ' with WireGuard' : ''} on ${interfaceMtu}`, () => {
      const network = deriveNetwork(clusterOf(edited(lab, { network: { encapsulation, interfaceMtu, wireguard } })));
      const { mtu, backend, ipipMode, vxlanMode } = network;
      assert.deepEqual({ mtu, backend, ipipMode, vxlanMode }, expected);
    });
  }

  it('never gives an automatic MTU above what the encapsulation leaves', () => {
    fc.assert(
      fc.property(
        encapsulations,
        fc.integer({ min: 576, max: 65535 }),
        fc.boolean(),
        (encapsulation, nic, wireguard) => {
          const cluster = clusterOf(edited(lab, { network: { encapsulation, interfaceMtu: nic, wireguard } }));
          const { mtu, maxMtu } = deriveNetwork(cluster);
          assert.equal(mtu, maxMtu);
          assert.equal(mtu, nic - Math.max(takes[cluster.network.encapsulation.kind], wireguard ? 60 : 0));
        },
      ),
    );
  });

  it('keeps a declared MTU, and counts blocks and addresses', () => {
    const network = deriveNetwork(clusterOf(stackCluster('dev')));
    assert.deepEqual([network.mtu, network.maxMtu], [1440, 1480]);
    assert.deepEqual([network.poolBlocks, network.blockAddresses, network.poolAddresses], [1024, 64, 65536]);
  });

  describe('runs BIRD on VXLAN', () => {
    const peer = { address: '192.168.4.1', as: 64600 };
    const cases: [string, object, RegExp][] = [
      ['for peers of every node', { bgp: { topology: 'routers', peers: [peer] } }, /topology/],
      ['for Service addresses', { bgp: { advertise: { clusterIps: true } } }, /Service/],
      ['for external addresses', { bgp: { advertise: { externalIps: ['203.0.113.0/24'] } } }, /Service/],
      ['for load balancer addresses', { bgp: { advertise: { loadBalancerIps: ['203.0.113.0/24'] } } }, /Service/],
      [
        'for a pool without it',
        {
          pool: { cidr: '10.244.0.0/17' },
          furtherPools: [{ name: 'flat', cidr: '10.244.128.0/17', encapsulation: 'none' }],
        },
        /pool flat/,
      ],
    ];
    for (const [what, change, reason] of cases) {
      it(what, () => {
        const { backend, backendReason } = vxlan(change);
        assert.equal(backend, 'bird');
        assert.match(backendReason, reason);
      });
    }

    it('for IPv6 that travels without it, or the other way round', () => {
      const derived = (change: object) => deriveNetwork(clusterOf(dualStack(lab, change as Record<string, unknown>)));
      const [flat6, flat4, both] = [
        derived({ encapsulation: { vxlan: 'always' }, ipv6: { encapsulation: 'none' } }),
        derived({ encapsulation: 'none', ipv6: { encapsulation: { vxlan: 'cross-subnet' } } }),
        derived({ encapsulation: { vxlan: 'always' }, ipv6: { encapsulation: { vxlan: 'cross-subnet' } } }),
      ];
      assert.deepEqual([flat6.backend, flat6.vxlanMode6, flat6.vxlan?.port], ['bird', 'Never', 4789]);
      assert.deepEqual(
        [flat4.backend, flat4.vxlanMode, flat4.vxlanMode6, flat4.vxlan?.port],
        ['bird', 'Never', 'CrossSubnet', 4789],
      );
      assert.deepEqual([both.backend, both.vxlanMode, both.vxlanMode6], ['vxlan', 'Always', 'CrossSubnet']);
      assert.match(flat6.backendReason, /IPv6/);
    });

    it('but not for what it would do anyway', () => {
      const plain = [{}, { bgp: { as: 64600, listenPort: 1790 } }, { wireguard: true }];
      for (const change of plain)
        assert.deepEqual([vxlan(change).backend, vxlan(change).backendReason], ['vxlan', 'VXLAN needs no BGP']);
    });
  });

  it('has a VXLAN port where there is VXLAN: the declared one, unless BIRD keeps kubespray from telling Felix', () => {
    const encapsulation = { vxlan: 'always', port: 8472, vni: 7 };
    assert.deepEqual(vxlan({ encapsulation }).vxlan, { port: 8472, vni: 7 });
    assert.deepEqual(vxlan({ encapsulation, bgp: { advertise: { clusterIps: true } } }).vxlan, {
      port: 4789,
      vni: 4096,
    });
    const environment = { FELIX_VXLANPORT: '8472', FELIX_VXLANVNI: '9' };
    const told = edited(lab, {
      network: { encapsulation: { vxlan: 'always' }, bgp: { advertise: { clusterIps: true } } },
    });
    const { vxlan: onTheWire } = deriveNetwork(clusterOf({ ...told, calico: { node: { environment } } }));
    assert.deepEqual(onTheWire, { port: 8472, vni: 9 });
    assert.equal('vxlan' in vxlan({ encapsulation: { ipip: 'always' } }), false);
    assert.equal('vxlanMode6' in vxlan({}), false);
  });

  it('says why BIRD is there', () => {
    const reason = (encapsulation: unknown) => vxlan({ encapsulation }).backendReason;
    assert.equal(reason({ ipip: 'always' }), 'IP-in-IP needs BIRD to distribute routes');
    assert.equal(reason('none'), 'without encapsulation BIRD distributes the routes');
  });

  it('counts no blocks where one would be larger than the pool', () => {
    assert.deepEqual(poolSize('10.0.0.0/24', 20), {
      family: 4,
      prefix: 24,
      blocks: 0,
      blockAddresses: 4096,
      addresses: 256,
    });
    assert.deepEqual(poolSize('10.0.0.0/24', 24).blocks, 1);
    assert.deepEqual(poolSize('fd00::/64', 122), {
      family: 6,
      prefix: 64,
      blocks: 2 ** 58,
      blockAddresses: 64,
      addresses: 2 ** 64,
    });
  });
});
