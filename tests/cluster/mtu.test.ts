import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deriveMtu, hasWireguard6, overheadOf, takersOf } from '../../cluster/index.ts';
import { dualStack, network } from '../support/networks.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const lab = stackCluster('lab');
const mtuOf = (value: Record<string, unknown>) => deriveMtu(clusterOf(value));
const withNetwork = (change: object) => mtuOf(edited(lab, { network: change }));
/** `name mtu overhead who what`. */
const devicesOf = (mtu: ReturnType<typeof deriveMtu>) =>
  mtu.devices.map(({ name, mtu: size, overhead, setBy, what }) => `${name} ${size} ${overhead} ${setBy} ${what}`);

describe('the MTU', () => {
  // Bytes as Calico and kubespray's sample say them, written out here on their own.
  const cases: [string, object, number][] = [
    ['nothing', { encapsulation: 'none' }, 1500],
    ['IP-in-IP', { encapsulation: { ipip: 'always' } }, 1480],
    ['IP-in-IP between subnets', { encapsulation: { ipip: 'cross-subnet' } }, 1480],
    ['VXLAN', { encapsulation: { vxlan: 'always' } }, 1450],
    ['VXLAN between subnets', { encapsulation: { vxlan: 'cross-subnet' } }, 1450],
    ['WireGuard', { encapsulation: 'none', wireguard: true }, 1440],
    ['WireGuard beside IP-in-IP', { encapsulation: { ipip: 'always' }, wireguard: true }, 1440],
    ['WireGuard beside VXLAN', { encapsulation: { vxlan: 'always' }, wireguard: true }, 1440],
    ['eBPF', { encapsulation: 'none', dataplane: 'ebpf' }, 1450],
    ['eBPF with direct return', { encapsulation: 'none', dataplane: { ebpf: { serviceMode: 'dsr' } } }, 1450],
    ['eBPF beside IP-in-IP', { encapsulation: { ipip: 'always' }, dataplane: 'ebpf' }, 1450],
    ['eBPF beside WireGuard', { encapsulation: { vxlan: 'always' }, dataplane: 'ebpf', wireguard: true }, 1440],
    ['VXLAN on jumbo frames', { encapsulation: { vxlan: 'always' }, interfaceMtu: 9000 }, 8950],
    ['WireGuard on jumbo frames', { encapsulation: 'none', interfaceMtu: 9001, wireguard: true }, 8941],
    ['WireGuard on a cloud', { encapsulation: 'none', interfaceMtu: 1460, wireguard: true }, 1400],
  ];
  for (const [what, change, expected] of cases) {
    it(`of ${what} is ${expected}`, () => {
      const mtu = withNetwork(change);
      assert.deepEqual([mtu.mtu, mtu.maxMtu], [expected, expected]);
    });
  }

  const dual: [string, Record<string, unknown>, number][] = [
    ['nothing', { encapsulation: 'none', ipv6: { encapsulation: 'none' } }, 1500],
    ['VXLAN over both', { encapsulation: { vxlan: 'always' }, ipv6: { encapsulation: { vxlan: 'always' } } }, 1430],
    ['VXLAN over IPv6 alone', { encapsulation: 'none', ipv6: { encapsulation: { vxlan: 'cross-subnet' } } }, 1430],
    ['IP-in-IP beside routed IPv6', { encapsulation: { ipip: 'always' }, ipv6: { encapsulation: 'none' } }, 1480],
    ['WireGuard', { encapsulation: 'none', wireguard: true, ipv6: { encapsulation: 'none' } }, 1420],
    ['eBPF', { encapsulation: 'none', dataplane: 'ebpf', ipv6: { encapsulation: 'none' } }, 1430],
  ];
  for (const [what, change, expected] of dual) {
    it(`of ${what} in a dual-stack cluster is ${expected}`, () => {
      assert.equal(mtuOf(dualStack(lab, change)).mtu, expected);
    });
  }

  it('of a declared number is that number, beside the one that fits', () => {
    const mtu = withNetwork({ encapsulation: { ipip: 'always' }, mtu: 1440 });
    assert.deepEqual([mtu.mtu, mtu.maxMtu, mtu.overhead], [1440, 1480, 20]);
    assert.deepEqual(devicesOf(mtu), ['eth0 1440 20 kubespray pods', 'tunl0 1440 20 kubespray IP-in-IP']);
  });

  it('is one for pods and every IPv4 tunnel, as kubespray has one value for them', () => {
    assert.deepEqual(devicesOf(withNetwork({ encapsulation: 'none' })), ['eth0 1500 0 kubespray pods']);
    assert.deepEqual(devicesOf(withNetwork({ encapsulation: { vxlan: 'always' }, wireguard: true })), [
      'eth0 1440 60 kubespray pods',
      'vxlan.calico 1440 50 kubespray VXLAN',
      'wireguard.cali 1440 60 kubespray WireGuard',
    ]);
    assert.deepEqual(devicesOf(withNetwork({ encapsulation: 'none', dataplane: 'ebpf' })), [
      'eth0 1450 50 kubespray pods',
    ]);
  });

  it('of the IPv6 tunnels is found out by Felix, from the interface', () => {
    const value = dualStack(lab, {
      encapsulation: { vxlan: 'always' },
      wireguard: true,
      ipv6: { encapsulation: { vxlan: 'always' } },
    });
    const without = [
      'eth0 1420 80 kubespray pods',
      'vxlan.calico 1420 50 kubespray VXLAN',
      'vxlan-v6.calico 1430 70 Felix VXLAN over IPv6',
    ];
    assert.deepEqual(devicesOf(mtuOf(value)), [...without, 'wireguard.cali 1420 60 kubespray WireGuard']);
    const environment = (text: string) => ({
      ...value,
      calico: { node: { environment: { FELIX_WIREGUARDENABLEDV6: text } } },
    });
    assert.deepEqual(devicesOf(mtuOf(environment('True'))).slice(3), [
      'wireguard.cali 1420 60 kubespray WireGuard',
      'wg-v6.cali 1420 80 Felix WireGuard over IPv6',
    ]);
    for (const text of ['true', '1', 'yes', 'T']) assert.equal(hasWireguard6(clusterOf(environment(text))), true, text);
    for (const text of ['false', '0', 'untrue', '10'])
      assert.equal(hasWireguard6(clusterOf(environment(text))), false, text);
    assert.equal(hasWireguard6(clusterOf(value)), false);
    assert.equal(hasWireguard6(clusterOf(edited(environment('true'), { network: { wireguard: false } }))), false);
    const single = edited(lab, { network: { encapsulation: 'none', wireguard: true } });
    assert.equal(
      hasWireguard6(clusterOf({ ...environment('true'), nodes: lab.nodes, network: single.network })),
      false,
    );
  });

  it('names what takes bytes, most first, and never adds them up', () => {
    const every = { ipip: true, vxlan: true, vxlan6: true, wireguard: true, ebpf: true, dualStack: true };
    const takers = takersOf(every).map(({ what, bytes }) => `${what} ${bytes}`);
    assert.equal(takers[0], 'WireGuard over IPv6 80');
    assert.deepEqual(
      new Set(takers),
      new Set([
        'IP-in-IP 20',
        'VXLAN 50',
        'VXLAN over IPv6 70',
        'eBPF 50',
        'eBPF over IPv6 70',
        'WireGuard 60',
        'WireGuard over IPv6 80',
      ]),
    );
    assert.deepEqual(
      takersOf({ ...every, dualStack: false, vxlan6: false }).map((taker) => taker.what),
      ['WireGuard', 'VXLAN', 'eBPF', 'IP-in-IP'],
    );
    const { takers: found, overhead } = withNetwork({ encapsulation: { vxlan: 'always' }, wireguard: true });
    assert.deepEqual(
      [found, overhead],
      [
        [
          { what: 'WireGuard', bytes: 60 },
          { what: 'VXLAN', bytes: 50 },
        ],
        60,
      ],
    );
  });

  it('is the interface’s less the largest overhead, and grows with the interface byte by byte', () => {
    fc.assert(
      fc.property(network, fc.integer({ min: 1280, max: 65534 }), (change, interfaceMtu) => {
        const at = (size: number) => withNetwork({ ...change, interfaceMtu: size });
        const here = at(interfaceMtu);
        const kind = typeof change.encapsulation === 'string' ? 'none' : Object.keys(change.encapsulation)[0];
        const taken = Math.max(
          { none: 0, ipip: 20, vxlan: 50 }[kind as 'none'],
          change.wireguard ? 60 : 0,
          change.dataplane === 'ebpf' ? 50 : 0,
        );
        assert.equal(here.mtu, interfaceMtu - taken);
        assert.equal(at(interfaceMtu + 1).mtu, here.mtu + 1);
        for (const device of here.devices) assert.ok(device.mtu + device.overhead <= interfaceMtu, device.name);
      }),
      { numRuns: 60 },
    );
  });

  it('has the bytes of Calico’s source', () => {
    assert.deepEqual(overheadOf, { none: 0, ipip: 20, vxlan: 50, vxlan6: 70, wireguard: 60, wireguard6: 80 });
  });
});
