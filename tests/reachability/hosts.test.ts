/** What host endpoints do, by Felix' own rendering: v3.32.1 felix/rules/{static,endpoints,dispatch}.go, felix/dataplane/linux/endpoint_mgr.go. */
import assert from 'node:assert/strict';
import type { Resource, Verdict, WorldOptions } from '../../reachability/index.ts';
import { ask, calico, namespace, pod, resource, verdict } from './worlds.ts';

const node = (name: string, address: string): Resource => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { addresses: [{ type: 'InternalIP', address }] },
});

const people: readonly Resource[] = [
  namespace('n'),
  node('one', '192.168.4.61'),
  node('two', '192.168.4.62'),
  pod('n/a', { app: 'a' }, { spec: { nodeName: 'one' } }),
  pod('n/b', { app: 'b' }, { spec: { nodeName: 'one' } }),
  pod('n/c', { app: 'c' }, { spec: { nodeName: 'two' } }),
];

const hep = (name: string, spec: object, labels: object = { host: 'yes' }) =>
  resource('HostEndpoint', name, { node: 'one', profiles: ['projectcalico-default-allow'], ...spec }, { labels });
const every = hep('every', { interfaceName: '*', expectedIPs: ['192.168.4.61'] });
const eth0 = hep('eth0', { interfaceName: 'eth0', expectedIPs: ['192.168.4.61'] });

const forHosts = (name: string, spec: object) => calico(name, { selector: 'has(host)', ...spec });
const deny = { action: 'Deny' };

function whole(resources: readonly Resource[], question: string, options?: WorldOptions): Verdict {
  const answer = ask([...people, ...resources], question, options);
  assert.ok(answer.ok, answer.ok ? '' : answer.error);
  return answer.verdict;
}

const says = (resources: readonly Resource[], question: string, options?: WorldOptions) =>
  verdict([...people, ...resources], question, options);

describe('applyOnForward', () => {
  const inward = forHosts('f', { applyOnForward: true, types: ['Ingress'], ingress: [deny] });
  const outward = forHosts('f', { applyOnForward: true, types: ['Egress'], egress: [deny] });

  it('acts on what passes through a host, which other policies of host endpoints never do', () => {
    assert.equal(says([every, inward], '203.0.113.7 -> n/a tcp/80'), 'deny');
    const plain = forHosts('f', { types: ['Ingress', 'Egress'], ingress: [deny], egress: [deny] });
    assert.equal(says([every, plain], '203.0.113.7 -> n/a tcp/80'), 'allow');
    assert.equal(says([every, plain], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'deny');
  });

  it('of a host endpoint for every interface acts at the pods’ interfaces too (dispatch.go fromEndForwardRules)', () => {
    for (const policy of [inward, outward]) {
      assert.equal(says([every, policy], 'n/a -> 203.0.113.7 tcp/80'), 'deny');
      assert.equal(says([every, policy], 'n/a -> n/b tcp/80'), 'deny');
      assert.equal(says([every, policy], 'n/c -> n/a tcp/80'), 'deny');
    }
    assert.equal(says([every, inward], 'n/c -> 203.0.113.7 tcp/80'), 'allow');
  });

  it('says in the answer where on the way it decided', () => {
    const { verdict: all, egress, ingress, way } = whole([every, inward], '203.0.113.7 -> n/a tcp/80');
    assert.deepEqual([all, egress.verdict, ingress.verdict], ['deny', 'unpoliced', 'allow']);
    assert.deepEqual(way, [
      {
        endpoint: 'hostendpoint/every',
        direction: 'ingress',
        side: {
          verdict: 'deny',
          trace: [{ tier: 'default', kind: 'GlobalNetworkPolicy', policy: 'f', index: 0, action: 'deny' }],
        },
      },
    ]);
    assert.equal(whole([every], '203.0.113.7 -> n/a tcp/80').way, undefined);
  });

  it('denies at the end of its tier, and lets everything through where nothing is for the direction (endpoints.go)', () => {
    const some = forHosts('f', { applyOnForward: true, ingress: [{ action: 'Allow', protocol: 'TCP' }] });
    assert.equal(says([every, some], '203.0.113.7 -> n/a tcp/80'), 'allow');
    assert.equal(says([every, some], '203.0.113.7 -> n/a udp/80'), 'deny');
    const tier = resource('Tier', 't', { order: 1, defaultAction: 'Pass' });
    const passing = forHosts('t.f', {
      tier: 't',
      applyOnForward: true,
      ingress: [{ action: 'Allow', protocol: 'TCP' }],
    });
    assert.equal(says([every, tier, passing], '203.0.113.7 -> n/a udp/80'), 'allow');
  });

  it('has no failsafe ports: what passes through is nobody’s way back in (endpoints.go HostEndpointToFilterChains)', () => {
    assert.equal(says([every, inward], '203.0.113.7 -> n/a tcp/22'), 'deny');
    assert.equal(says([every, forHosts('f', { ingress: [deny] })], '203.0.113.7 -> 192.168.4.61 tcp/22'), 'allow');
  });

  it('depends where an interface of its own may or may not be on the way', () => {
    const { verdict: all, way } = whole([eth0, inward], '203.0.113.7 -> n/a tcp/80');
    assert.equal(all, 'depends');
    assert.match(way?.[0]?.side.on?.join() ?? '', /the interface of one/);
    assert.equal(says([eth0, inward], 'n/a -> n/b tcp/80'), 'allow');
    assert.equal(says([eth0, every, inward], '203.0.113.7 -> n/a tcp/80'), 'deny');
  });

  it('depends on the node of a pod that is on none yet', () => {
    const adrift = pod('n/adrift');
    assert.equal(says([every, inward, adrift], '203.0.113.7 -> n/adrift tcp/80'), 'depends');
    const both = hep('other', { node: 'two', interfaceName: '*' });
    assert.equal(says([every, both, inward, adrift], '203.0.113.7 -> n/adrift tcp/80'), 'deny');
  });

  it('does nothing to a host’s own packets, nor to those for it', () => {
    assert.equal(says([every, inward, outward], 'node/one -> n/a tcp/80'), 'allow');
    const aside = forHosts('f', { applyOnForward: true, ingress: [{ action: 'Allow', protocol: 'UDP' }] });
    assert.equal(says([every, aside], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'deny', 'it is a normal policy as well');
  });
});

describe('preDNAT', () => {
  const closed = forHosts('p', { preDNAT: true, applyOnForward: true, types: ['Ingress'], ingress: [deny] });
  const open = forHosts('p', {
    preDNAT: true,
    applyOnForward: true,
    types: ['Ingress'],
    ingress: [{ action: 'Allow' }],
  });
  const shut = forHosts('z', { applyOnForward: true, types: ['Ingress'], ingress: [deny] });

  it('denies what comes in, for the host and for its pods', () => {
    assert.equal(says([every, closed], '203.0.113.7 -> n/a tcp/80'), 'deny');
    assert.equal(says([every, closed], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'deny');
    assert.equal(says([every, closed], '192.168.4.61 -> 203.0.113.7 tcp/80'), 'allow');
  });

  it('lets through past all other policies of host endpoints (static.go acceptAlreadyAccepted), not past the pod’s', () => {
    assert.equal(says([every, shut], '203.0.113.7 -> n/a tcp/80'), 'deny');
    assert.equal(says([every, open, shut], '203.0.113.7 -> n/a tcp/80'), 'allow');
    assert.equal(says([every, open, shut], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'allow');
    const pods = calico('pods', { namespaceSelector: 'all()', ingress: [deny] });
    assert.equal(says([every, open, pods], '203.0.113.7 -> n/a tcp/80'), 'deny');
  });

  it('has no end of its tier: what it does not speak of goes on (event_sequencer.go tierInfoToProtoTierInfo)', () => {
    const udp = forHosts('p', { preDNAT: true, applyOnForward: true, ingress: [{ action: 'Allow', protocol: 'UDP' }] });
    assert.equal(says([every, udp], '203.0.113.7 -> n/a tcp/80'), 'allow');
    assert.equal(says([every, udp], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'allow');
  });

  it('keeps the failsafe ports open, also on the way through', () => {
    assert.equal(says([every, closed], '203.0.113.7 -> 192.168.4.61 tcp/22'), 'allow');
    assert.equal(says([every, closed], '203.0.113.7 -> n/a tcp/22'), 'allow');
  });

  it('is asked of a pod’s packets for its own host, which no other policy of a host endpoint is', () => {
    assert.equal(says([every, closed], 'n/a -> 192.168.4.61 tcp/80'), 'deny');
    assert.equal(says([every, forHosts('h', { ingress: [deny] })], 'n/a -> 192.168.4.61 tcp/80'), 'allow');
    assert.equal(says([every, forHosts('h', { ingress: [deny] })], 'n/c -> 192.168.4.61 tcp/80'), 'deny');
  });

  it('sees the address and port of the service, which no other policy does', () => {
    const service: Resource = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'n' },
      spec: { clusterIP: '10.233.0.9', selector: { app: 'a' }, ports: [{ port: 80, targetPort: 8080 }] },
    };
    const toService = { action: 'Deny', protocol: 'TCP', destination: { nets: ['10.233.0.9/32'], ports: [80] } };
    const early = forHosts('p', { preDNAT: true, applyOnForward: true, ingress: [toService] });
    assert.equal(says([every, service, early], '203.0.113.7 -> service/n/s tcp/80'), 'deny');
    const late = forHosts('p', { applyOnForward: true, ingress: [toService, { action: 'Allow' }] });
    assert.equal(says([every, service, late], '203.0.113.7 -> service/n/s tcp/80'), 'allow');
    const backend = { action: 'Deny', protocol: 'TCP', destination: { ports: [8080] } };
    const behind = forHosts('p', { applyOnForward: true, ingress: [backend, { action: 'Allow' }] });
    assert.equal(says([every, service, behind], '203.0.113.7 -> service/n/s tcp/80'), 'deny');
  });
});

describe('doNotTrack', () => {
  const closed = forHosts('u', { doNotTrack: true, applyOnForward: true, ingress: [deny] });
  const open = forHosts('u', { doNotTrack: true, applyOnForward: true, ingress: [{ action: 'Allow' }] });
  const shut = forHosts('z', { types: ['Ingress'], ingress: [deny] });

  it('decides before all others at an interface, and leaves what it does not speak of to them', () => {
    assert.equal(says([eth0, closed], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'deny');
    assert.equal(says([eth0, open, shut], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'allow');
    assert.equal(says([eth0, open, shut], 'n/c -> 192.168.4.61 tcp/80'), 'allow');
    const out = forHosts('u', { doNotTrack: true, applyOnForward: true, types: ['Egress'], egress: [deny] });
    assert.equal(says([eth0, out], '192.168.4.61 -> 203.0.113.7 tcp/80'), 'deny');
    assert.equal(says([eth0, closed], '203.0.113.7 -> 192.168.4.61 tcp/22'), 'allow', 'failsafe');
  });

  it('is ignored of a host endpoint for every interface (endpoint_mgr.go updateHostEndpoints)', () => {
    assert.equal(says([every, closed], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'allow');
    assert.equal(says([every, closed], '203.0.113.7 -> n/a tcp/80'), 'allow');
  });
});

describe('a host endpoint', () => {
  it('of an interface goes before that for every interface, and the first by name before others', () => {
    const open = hep('eth0', { interfaceName: 'eth0', expectedIPs: ['192.168.4.61'] }, { eth: 'yes' });
    const shut = forHosts('z', { types: ['Ingress'], ingress: [deny] });
    assert.equal(says([every, shut], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'deny');
    assert.equal(says([every, open, shut], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'allow');
    const earlier = hep('earlier', { interfaceName: 'eth0', expectedIPs: ['192.168.4.61'] });
    assert.equal(says([every, open, earlier, shut], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'deny');
    assert.equal(says([shut, earlier, open, every], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'deny');
  });

  it('for every interface governs all addresses of its node, but is in sets by those that it expects alone', () => {
    const bare = hep('every', { interfaceName: '*' });
    const shut = forHosts('z', { types: ['Ingress'], ingress: [deny] });
    assert.equal(says([bare, shut], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'deny');
    assert.equal(says([bare, shut], '203.0.113.7 -> hostendpoint/every tcp/80'), 'deny');
    const fromHosts = calico('n/p', {
      selector: 'all()',
      ingress: [{ action: 'Allow', source: { selector: 'has(host)', namespaceSelector: 'global()' } }],
    });
    assert.equal(says([bare, fromHosts], 'node/one -> n/c tcp/80'), 'deny');
    assert.equal(says([every, fromHosts], 'node/one -> n/c tcp/80'), 'allow');
  });

  it('whose addresses nobody knows may be what a packet comes through', () => {
    const unknown = hep('eth0', { interfaceName: 'eth0' });
    const shut = forHosts('z', { types: ['Ingress'], ingress: [deny] });
    const { verdict: all, ingress } = whole([unknown, shut], '203.0.113.7 -> 192.168.4.61 tcp/80');
    assert.deepEqual([all, ingress.on], ['depends', ['the interface of one that it goes through']]);
    assert.equal(says([unknown], '203.0.113.7 -> 192.168.4.61 tcp/80'), 'allow');
  });

  it('says nothing of what its host sends to its own pods (static.go filterOutputChain)', () => {
    const out = forHosts('o', { types: ['Egress'], egress: [deny] });
    assert.equal(says([every, out], 'node/one -> n/a tcp/80'), 'allow');
    assert.equal(says([every, out], 'node/one -> n/c tcp/80'), 'deny');
    assert.equal(says([every, out], 'node/one -> 203.0.113.7 tcp/80'), 'deny');
  });
});

describe('a profile', () => {
  const profile = (name: string, spec: object) => resource('Profile', name, spec);
  const of = (...profiles: string[]) => hep('every', { interfaceName: '*', profiles });
  const question = '203.0.113.7 -> 192.168.4.61 tcp/80';

  it('is asked after every tier, one after the other; where none decides it is denied', () => {
    const tcp = profile('tcp', { ingress: [{ action: 'Log' }, { action: 'Allow', protocol: 'TCP' }] });
    const none = profile('none', { ingress: [{ action: 'Deny', protocol: 'UDP' }], egress: [{ action: 'Allow' }] });
    assert.equal(says([of('tcp'), tcp], question), 'allow');
    assert.equal(says([of('none', 'tcp'), tcp, none], question), 'allow');
    assert.equal(says([of('none'), none], question), 'deny');
    assert.equal(says([of('none'), none], '192.168.4.61 -> 203.0.113.7 tcp/80'), 'allow');
    assert.equal(says([of('none', 'tcp'), tcp, none], question.replace('tcp/', 'udp/')), 'deny');
    assert.deepEqual(whole([of('tcp'), tcp], question).ingress.trace, [
      { tier: '__PROFILE__', kind: 'Profile', policy: 'tcp', index: 1, action: 'allow' },
    ]);
  });

  it('that nobody wrote denies (active_rules_calculator.go DummyDropRules)', () => {
    assert.equal(says([of('lost')], question), 'deny');
  });

  it('gives its labels to the endpoint, whose own go before them', () => {
    const labelled = profile('p', { labelsToApply: { role: 'edge', host: 'no' }, ingress: [{ action: 'Allow' }] });
    const shut = (selector: string) => calico('z', { selector, ingress: [deny] });
    assert.equal(says([of('p'), labelled], question), 'allow');
    assert.equal(says([of('p'), labelled, shut("role == 'edge'")], question), 'deny');
    assert.equal(says([of('p'), labelled, shut("host == 'no'")], question), 'allow');
  });
});

describe('what a pod sends to its own host', () => {
  const felix = (name: string, spec: object) => resource('FelixConfiguration', name, spec);
  const question = 'n/a -> 192.168.4.61 tcp/10250';

  it('passes its egress policy, then Felix’ defaultEndpointToHostAction (static.go filterWorkloadToHostChain)', () => {
    const drop = felix('default', { defaultEndpointToHostAction: 'Drop' });
    assert.equal(says([], question), 'allow');
    assert.equal(says([drop], question), 'deny');
    assert.equal(says([drop], 'n/c -> 192.168.4.61 tcp/10250'), 'allow');
    const out = calico('n/out', { selector: 'all()', types: ['Egress'], egress: [deny] });
    assert.equal(says([out, felix('default', { defaultEndpointToHostAction: 'Accept' })], question), 'deny');
    const { ingress } = whole([], question);
    assert.equal(ingress.verdict, 'unpoliced');
    assert.match(ingress.why ?? '', /defaultEndpointToHostAction is return: the host's own rules decide/);
    assert.deepEqual(whole([drop], question).ingress.trace.at(-1)?.action, 'deny');
  });

  it('follows what the process was started with, then its node’s configuration, then everybody’s', () => {
    const drop = felix('default', { defaultEndpointToHostAction: 'Drop' });
    const accept = felix('node.one', { defaultEndpointToHostAction: 'Accept' });
    assert.equal(says([drop, accept], question), 'allow');
    assert.equal(says([drop, accept], 'n/c -> 192.168.4.62 tcp/80'), 'deny');
    assert.equal(says([drop], question, { endpointToHost: 'Return' }), 'allow');
    assert.equal(says([accept], question, { endpointToHost: 'DROP' }), 'deny');
  });
});

describe('failsafe ports', () => {
  const shut = forHosts('z', { types: ['Ingress', 'Egress'], ingress: [deny], egress: [deny] });
  const felix = (spec: object) => resource('FelixConfiguration', 'default', spec);

  it('are those of FelixConfiguration where it has any, an empty list too', () => {
    const none = felix({ failsafeInboundHostPorts: [] });
    assert.equal(says([every, shut, none], '203.0.113.7 -> 192.168.4.61 tcp/22'), 'deny');
    assert.equal(says([every, shut, none], '192.168.4.61 -> 203.0.113.7 udp/53'), 'allow');
    const own = felix({ failsafeInboundHostPorts: [{ protocol: 'TCP', port: 2222, net: '203.0.113.0/24' }] });
    assert.equal(says([every, shut, own], '203.0.113.7 -> 192.168.4.61 tcp/2222'), 'allow');
    assert.equal(says([every, shut, own], '198.51.100.7 -> 192.168.4.61 tcp/2222'), 'deny');
    assert.equal(says([every, shut, own], '203.0.113.7 -> 192.168.4.61 udp/2222'), 'deny');
  });
});
