/** Addresses that nobody has yet, and those by which nodes speak to pods on other nodes. */
import assert from 'node:assert/strict';
import type { Resource } from '../../reachability/index.ts';
import { ask, calico, namespace, pod, resource, verdict } from './worlds.ts';

const pool = (spec: object, name = 'pool') => resource('IPPool', name, { cidr: '10.244.0.0/16', ...spec });
const node = (name: string, last: number, annotations: object = {}): Resource => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, annotations: annotations as Record<string, string> },
  status: { addresses: [{ type: 'InternalIP', address: `192.168.4.${last}` }] },
});
const tunnels = {
  'projectcalico.org/IPv4IPIPTunnelAddr': '10.244.200.1',
  'projectcalico.org/IPv4VXLANTunnelAddr': '10.244.201.1',
  'projectcalico.org/IPv4WireguardInterfaceAddr': '10.244.202.1',
};
const inSubnet = (address: string) => ({ ...tunnels, 'projectcalico.org/IPv4Address': address });
const allowing = (...nets: string[]) =>
  calico('n/p', { selector: 'all()', ingress: [{ action: 'Allow', source: { nets } }] });

describe('a pod without an address', () => {
  const people = [namespace('n'), pod('n/to'), pod('n/new', {}, { status: {} })];
  const question = 'n/new -> n/to tcp/80';

  it('will have one of the pools, so that rules about all or none of them are decided', () => {
    assert.equal(verdict([...people, allowing('10.244.0.0/16')], question), 'depends');
    assert.equal(verdict([...people, pool({}), allowing('10.0.0.0/8')], question), 'allow');
    assert.equal(verdict([...people, pool({}), allowing('192.168.0.0/16')], question), 'deny');
    assert.equal(verdict([...people, pool({}), allowing('10.244.0.0/24')], question), 'depends');
    const second = pool({ cidr: '10.99.0.0/16' }, 'second');
    assert.equal(verdict([...people, pool({}), second, allowing('10.244.0.0/16')], question), 'depends');
  });

  it('has none of a pool that is disabled, for no node, or for tunnels alone', () => {
    for (const spec of [{ disabled: true }, { nodeSelector: '!all()' }, { allowedUses: ['Tunnel'] }]) {
      const second = pool({ cidr: '10.99.0.0/16', ...spec }, 'second');
      assert.equal(verdict([...people, pool({}), second, allowing('10.244.0.0/16')], question), 'allow');
    }
  });

  it('is of the families that there are pools of', () => {
    const six = pool({ cidr: 'fd00::/64' }, 'six');
    assert.match(verdict([...people, six], question), /one family/);
    const other = pod('n/to', {}, { status: { podIP: 'fd00::9' } });
    const all = [namespace('n'), other, people[2] as Resource, six, pool({})];
    assert.equal(verdict([...all, allowing('fd00::/64')], question), 'allow');
    assert.equal(verdict([...all, allowing('10.244.0.0/16')], question), 'deny');
  });
});

describe('a node that speaks to a pod on another', () => {
  const there = pod('n/to', {}, { spec: { nodeName: 'two' } });
  const all = (one: object, two: object, ...more: Resource[]) => [
    namespace('n'),
    there,
    node('one', 61, one),
    node('two', 62, two),
    ...more,
  ];
  const question = 'node/one -> n/to tcp/80';
  const [own, ipip, vxlan, wireguard] = ['192.168.4.61/32', '10.244.200.1/32', '10.244.201.1/32', '10.244.202.1/32'];

  it('does so by its own address, or by its tunnel’s where the pool has one', () => {
    assert.equal(verdict(all(tunnels, {}, allowing(own)), question), 'allow');
    assert.equal(verdict(all(tunnels, {}, pool({}), allowing(own)), question), 'allow');
    const always = pool({ ipipMode: 'Always' });
    assert.equal(verdict(all(tunnels, {}, always, allowing(own)), question), 'deny');
    assert.equal(verdict(all(tunnels, {}, always, allowing(ipip)), question), 'allow');
    assert.equal(verdict(all(tunnels, {}, pool({ vxlanMode: 'Always' }), allowing(vxlan)), question), 'allow');
    const encrypted = resource('FelixConfiguration', 'default', { wireguardEnabled: true });
    assert.equal(verdict(all(tunnels, {}, pool({}), encrypted, allowing(wireguard)), question), 'allow');
    assert.equal(verdict(all(tunnels, {}, always, allowing(own)), '192.168.4.61 -> n/to tcp/80'), 'allow');
  });

  it('takes the tunnel to other subnets alone, where the pool says so and the subnets are known', () => {
    const cross = pool({ vxlanMode: 'CrossSubnet' });
    const [here, near, far] = [inSubnet('192.168.4.61/24'), inSubnet('192.168.4.62/24'), inSubnet('192.168.5.62/24')];
    assert.equal(verdict(all(here, near, cross, allowing(own)), question), 'allow');
    assert.equal(verdict(all(here, near, cross, allowing(vxlan)), question), 'deny');
    assert.equal(verdict(all(here, far, cross, allowing(vxlan)), question), 'allow');
    const answer = ask(all(tunnels, tunnels, cross, allowing(own)), question);
    assert.ok(answer.ok);
    assert.equal(answer.verdict.verdict, 'depends');
    assert.match(answer.verdict.ingress.on?.join() ?? '', /tunnel/);
    assert.equal(verdict(all(tunnels, tunnels, cross, allowing(own, vxlan)), question), 'allow');
  });

  it('has an address of the pool where nobody knows its tunnel’s yet', () => {
    const always = pool({ ipipMode: 'Always' });
    assert.equal(verdict(all({}, {}, always, allowing('10.244.0.0/16')), question), 'allow');
    assert.equal(verdict(all({}, {}, always, allowing('192.168.4.0/24')), question), 'deny');
    assert.equal(verdict(all({}, {}, always, allowing('10.244.0.0/24')), question), 'depends');
  });

  it('is not policed where the pod is its own', () => {
    const always = pool({ ipipMode: 'Always' });
    const closed = calico('n/p', { selector: 'all()', ingress: [{ action: 'Deny' }] });
    assert.equal(verdict(all(tunnels, tunnels, always, closed), 'node/two -> n/to tcp/80'), 'allow');
    assert.equal(verdict(all(tunnels, tunnels, always, closed), question), 'deny');
  });
});

describe('a link-local address', () => {
  it('is of the pod’s own host, whichever that is', () => {
    const people = [namespace('n'), pod('n/a')];
    const drop = resource('FelixConfiguration', 'default', { defaultEndpointToHostAction: 'Drop' });
    assert.equal(verdict(people, 'n/a -> 169.254.25.10 udp/53'), 'allow');
    assert.equal(verdict([...people, drop], 'n/a -> 169.254.25.10 udp/53'), 'deny');
    assert.equal(verdict([...people, drop], 'n/a -> 192.168.4.1 udp/53'), 'allow');
  });
});
