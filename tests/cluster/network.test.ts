import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contains, deriveNetwork, overlaps, range } from '../../cluster/index.ts';
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
});

describe('ranges', () => {
  const cidr = fc
    .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
    .map(([n, prefix]) => `${[24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.')}/${prefix}`);

  it('overlap exactly where one holds the first address of the other', () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const [x, y] = [range(a), range(b)];
        assert.ok(x !== undefined && y !== undefined);
        assert.equal(overlaps(x, y), contains(x, y) || contains(y, x));
        assert.equal(overlaps(x, y), overlaps(y, x));
      }),
    );
  });

  it('are none in any other writing', () => {
    for (const text of [
      '10.0.0.0',
      '10.0.0/8',
      '10.0.0.0/33',
      '0x0a000000/8',
      'fd00::/8',
      '',
      ' 10.0.0.0/8',
      7,
      null,
    ]) {
      assert.equal(range(text), undefined, String(text));
    }
  });
});
