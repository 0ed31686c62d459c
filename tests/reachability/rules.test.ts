import assert from 'node:assert/strict';
import type { Query, Resource } from '../../reachability/index.ts';
import { ask, calico, kubernetes, namespace, pod, resource, verdict } from './worlds.ts';

const a = pod('n/a', { app: 'a' });
const b = pod('n/b', { app: 'b' });
const base = [namespace('n', { team: 'red' }), namespace('m', { team: 'blue' }), a, b, pod('m/c', { app: 'c' })];
const rule = (fields: object): Resource[] => [
  ...base,
  calico('p', { selector: "app == 'b'", types: ['Ingress'], ingress: [{ action: 'Allow', ...fields }] }),
];
const to = (query: Partial<Query>): Query => ({
  src: 'n/a',
  dst: 'n/b',
  proto: 'tcp',
  port: 8080,
  srcPort: 40000,
  ...query,
});

describe('a rule', () => {
  const cases: [string, object, Partial<Query>, 'allow' | 'deny'][] = [
    ['of a protocol by name', { protocol: 'UDP' }, { proto: 'udp' }, 'allow'],
    ['of a protocol by number', { protocol: 6 }, {}, 'allow'],
    ['of a protocol by number in quotes', { protocol: '17' }, {}, 'deny'],
    ['of any but a protocol', { notProtocol: 'TCP' }, {}, 'deny'],
    ['of UDPLite', { protocol: 'UDPLite' }, { proto: 136 }, 'allow'],
    ['of a range of ports', { protocol: 'TCP', destination: { ports: ['8000:8090'] } }, {}, 'allow'],
    ['beyond a range of ports', { protocol: 'TCP', destination: { ports: ['8000:8079', 8081] } }, {}, 'deny'],
    ['of any but a port', { protocol: 'TCP', destination: { notPorts: [8080] } }, {}, 'deny'],
    ['of a named port', { destination: { ports: ['http'] } }, {}, 'allow'],
    ['of a named port, of another protocol', { destination: { ports: ['http'] } }, { proto: 'udp' }, 'deny'],
    ['of any but a named port', { protocol: 'TCP', destination: { notPorts: ['http'] } }, {}, 'deny'],
    ['of a source port', { protocol: 'TCP', source: { ports: [40000] } }, {}, 'allow'],
    ['of any but a source port', { protocol: 'TCP', source: { notPorts: ['39999:40001'] } }, {}, 'deny'],
    ['of an ICMP type', { protocol: 'ICMP', icmp: { type: 8 } }, { proto: 'icmp', icmpType: 8, icmpCode: 3 }, 'allow'],
    [
      'of an ICMP code',
      { protocol: 'ICMP', icmp: { type: 8, code: 0 } },
      { proto: 'icmp', icmpType: 8, icmpCode: 3 },
      'deny',
    ],
    [
      'of any but an ICMP type',
      { protocol: 'ICMP', notICMP: { type: 8 } },
      { proto: 'icmp', icmpType: 8, icmpCode: 0 },
      'deny',
    ],
    [
      'of any but an ICMP code',
      { protocol: 'ICMP', notICMP: { type: 8, code: 1 } },
      { proto: 'icmp', icmpType: 8, icmpCode: 0 },
      'allow',
    ],
    ['of IPv6 alone', { ipVersion: 6 }, {}, 'deny'],
    ['of ICMPv6, between addresses of IPv4', { protocol: 'ICMPv6' }, { proto: 58 }, 'deny'],
    ['of nets of IPv6 alone', { source: { nets: ['fd00::/8'] } }, {}, 'deny'],
    ['of any but nets of IPv6', { source: { notNets: ['fd00::/8'] } }, {}, 'deny'],
    ['of nets', { source: { nets: ['10.244.0.0/16'] } }, {}, 'allow'],
    ['of nets but for one', { source: { nets: ['10.0.0.0/8'], notNets: ['10.244.0.0/16'] } }, {}, 'deny'],
    ['of a selector', { source: { selector: "app == 'a'" } }, {}, 'allow'],
    ['of a selector, from outside', { source: { selector: 'all()' } }, { src: '8.8.8.8' }, 'deny'],
    ['of anybody but a selector, from outside', { source: { notSelector: "app == 'a'" } }, { src: '8.8.8.8' }, 'allow'],
    ['of anybody but a selector', { source: { notSelector: "app == 'a'" } }, {}, 'deny'],
    ['of a namespace', { source: { namespaceSelector: "team == 'blue'" } }, { src: 'm/c' }, 'allow'],
    [
      'of a namespace by its name',
      { source: { namespaceSelector: "projectcalico.org/name == 'n'" } },
      { src: 'm/c' },
      'deny',
    ],
    ['of every namespace', { source: { namespaceSelector: 'all()' } }, { src: '8.8.8.8' }, 'deny'],
    ['of no namespace', { source: { namespaceSelector: 'global()' } }, {}, 'deny'],
  ];
  for (const [words, fields, query, expected] of cases) {
    it(`${words}: ${expected}`, () => assert.equal(verdict(rule(fields), to(query)), expected));
  }

  it('of a namespaced policy means its own namespace as soon as it selects', () => {
    const of = (source: object) => [
      ...base,
      calico('n/p', { selector: "app == 'b'", ingress: [{ action: 'Allow', source }] }),
    ];
    assert.equal(verdict(of({ selector: 'all()' }), to({ src: 'm/c' })), 'deny');
    assert.equal(verdict(of({ notSelector: "app == 'x'" }), to({ src: 'm/c' })), 'deny');
    assert.equal(verdict(of({ selector: 'all()', namespaceSelector: 'all()' }), to({ src: 'm/c' })), 'allow');
    assert.equal(verdict(of({}), to({ src: '8.8.8.8' })), 'allow');
  });

  it('of a service account means its name and its labels', () => {
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'web', namespace: 'n', labels: { role: 'app' } },
    };
    const caller = pod('n/caller', {}, { spec: { serviceAccountName: 'web' } });
    const of = (serviceAccounts: object) => [...rule({ source: { serviceAccounts } }), account, caller];
    assert.equal(verdict(of({ names: ['web'] }), to({ src: 'n/caller' })), 'allow');
    assert.equal(verdict(of({ names: ['web'], selector: "role == 'ci'" }), to({ src: 'n/caller' })), 'deny');
    assert.equal(verdict(of({ selector: "role == 'app'" }), to({})), 'deny');
  });

  it('takes network sets by their labels, those of a namespace in it alone', () => {
    const world = [
      ...rule({ source: { selector: "feed == 'ok'" } }),
      resource('GlobalNetworkSet', 'g', { nets: ['198.51.100.0/25'] }, { labels: { feed: 'ok' } }),
      resource('NetworkSet', 's', { nets: ['203.0.113.7'] }, { namespace: 'n', labels: { feed: 'ok' } }),
    ];
    assert.equal(verdict(world, to({ src: '198.51.100.9' })), 'allow');
    assert.equal(verdict(world, to({ src: '198.51.100.200' })), 'deny');
    assert.equal(verdict(world, to({ src: '203.0.113.7' })), 'allow');
    const global = rule({ source: { selector: "feed == 'ok'", namespaceSelector: 'global()' } });
    assert.equal(verdict([...global, ...world.slice(-2)], to({ src: '203.0.113.7' })), 'deny');
    assert.equal(verdict([...global, ...world.slice(-2)], to({ src: '198.51.100.9' })), 'allow');
  });

  it('follows a service to its endpoints, with slices or by its selector', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'n' },
      spec: { selector: { app: 'b' }, ports: [{ port: 80, targetPort: 'http' }] },
    };
    const policy = calico('p', {
      selector: "app == 'a'",
      types: ['Egress'],
      egress: [{ action: 'Allow', destination: { services: { name: 's', namespace: 'n' } } }],
    });
    assert.equal(verdict([...base, service, policy], to({})), 'allow');
    assert.equal(verdict([...base, service, policy], to({ port: 80 })), 'deny');
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 's-1', namespace: 'n', labels: { 'kubernetes.io/service-name': 's' } },
      endpoints: [{ addresses: ['203.0.113.9'] }],
      ports: [{ port: 443, protocol: 'TCP' }],
    };
    assert.equal(verdict([...base, service, slice, policy], to({})), 'deny');
    assert.equal(verdict([...base, service, slice, policy], to({ dst: '203.0.113.9', port: 443 })), 'allow');
    const from = rule({ source: { services: { name: 's', namespace: 'n' } } });
    assert.equal(verdict([...from, service, slice], to({ src: '203.0.113.9' })), 'allow');
  });

  it('of IPv6 is for connections of IPv6', () => {
    const six = [
      pod('n/x', { app: 'a' }, { status: { podIPs: [{ ip: '10.1.0.1' }, { ip: 'fd00::1' }] } }),
      pod('n/y', { app: 'b' }, { status: { podIP: 'fd00::2' } }),
    ];
    const world = [...rule({ protocol: 'ICMPv6', source: { nets: ['fd00::/64'] } }), ...six];
    assert.equal(verdict(world, to({ src: 'n/x', dst: 'n/y', proto: 'icmp' })), 'allow');
    assert.equal(verdict(world, to({ src: 'fd00:0:0:1::1', dst: 'n/y', proto: 'icmpv6' })), 'deny');
  });
});

describe('what cannot be decided', () => {
  const depends = (world: readonly Resource[], query: Query) => {
    const answer = ask(world, query);
    assert.ok(answer.ok);
    return answer.verdict.verdict === 'depends' ? (answer.verdict.ingress.on ?? []).join('; ') : answer.verdict.verdict;
  };
  const http = { protocol: 'TCP', http: { methods: ['GET'], paths: [{ exact: '/metrics' }, { prefix: '/api' }] } };

  it('depends on what a rule would look at, and says on what', () => {
    assert.match(depends(rule(http), to({})), /^HTTP GET \/metrics or \/api\* \(rule 0 of GlobalNetworkPolicy p\)$/);
    const { port: _, ...portless } = to({});
    assert.match(depends(rule({ protocol: 'TCP', destination: { ports: [80] } }), portless), /^the destination port /);
    const { srcPort: __, ...sourceless } = to({});
    assert.match(depends(rule({ protocol: 'TCP', source: { ports: [80] } }), sourceless), /^the source port /);
    const ping = { src: 'n/a', dst: 'n/b', proto: 'icmp' };
    assert.match(depends(rule({ protocol: 'ICMP', icmp: { type: 8 } }), ping), /^the ICMP type /);
    assert.match(
      depends(rule({ protocol: 'ICMP', icmp: { type: 8, code: 0 } }), { ...ping, icmpType: 8 }),
      /^the ICMP code /,
    );
    const planned = pod('n/planned', {}, { status: {} });
    assert.match(
      depends([...rule({ source: { nets: ['10.0.0.0/8'] } }), planned], to({ src: 'n/planned' })),
      /^the address that the source will get /,
    );
  });

  it('is decided where both ways end alike', () => {
    assert.equal(
      depends([...base, calico('p', { ingress: [{ action: 'Allow', ...http }, { action: 'Allow' }] })], to({})),
      'allow',
    );
    assert.equal(depends(rule({ protocol: 'UDP', http: {} }), to({})), 'deny');
    const passed = [
      ...base,
      resource('Tier', 'first', { order: 1 }),
      calico('first.p', { tier: 'first', ingress: [{ action: 'Pass', protocol: 'TCP', source: { ports: [1] } }] }),
      calico('p', { ingress: [{ action: 'Deny' }] }),
    ];
    const { srcPort: _, ...query } = to({});
    assert.equal(depends(passed, query), 'deny');
  });

  it('is denied all the same where the other side denies', () => {
    const world = [
      ...rule(http),
      kubernetes('n/out', { podSelector: { matchLabels: { app: 'a' } }, policyTypes: ['Egress'] }),
    ];
    assert.equal(verdict(world, to({})), 'deny');
  });
});

describe("an administrator's policy", () => {
  const cluster = (spec: object): Resource => ({
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'p' },
    spec: { tier: 'Admin', priority: 5, subject: { namespaces: {} }, ...spec },
  });
  const from = { from: [{ namespaces: { matchLabels: { team: 'red' } } }] };
  const open = kubernetes('n/open', { podSelector: {}, ingress: [{}] });
  const closed = kubernetes('n/closed', { podSelector: {} });

  it('comes before every other, passes on, or comes after them', () => {
    assert.equal(verdict([...base, open, cluster({ ingress: [{ action: 'Deny', ...from }] })], to({})), 'deny');
    assert.equal(verdict([...base, closed, cluster({ ingress: [{ action: 'Accept', ...from }] })], to({})), 'allow');
    assert.equal(verdict([...base, closed, cluster({ ingress: [{ action: 'Pass', ...from }] })], to({})), 'deny');
    const baseline = cluster({ tier: 'Baseline', ingress: [{ action: 'Deny', ...from }] });
    assert.equal(verdict([...base, baseline], to({})), 'deny');
    assert.equal(verdict([...base, open, baseline], to({})), 'allow');
  });

  it('names protocols, ports and networks', () => {
    const rules = (protocols: object[]) => [...base, cluster({ ingress: [{ action: 'Deny', ...from, protocols }] })];
    assert.equal(verdict(rules([{ tcp: { destinationPort: { number: 8080 } } }]), to({})), 'deny');
    assert.equal(verdict(rules([{ tcp: { destinationPort: { range: { start: 1, end: 80 } } } }]), to({})), 'allow');
    assert.equal(verdict(rules([{ udp: {} }]), to({})), 'allow');
    assert.equal(verdict(rules([{ destinationNamedPort: 'http' }]), to({})), 'deny');
    const bad = { tcp: { destinationPort: { range: { start: 9, end: 1 } } } };
    const accept = (protocols: object[]) => [
      ...base,
      closed,
      cluster({ ingress: [{ action: 'Accept', ...from, protocols }] }),
    ];
    assert.equal(verdict(accept([{}, bad]), to({})), 'allow', 'what stands behind everything is not read');
    assert.equal(verdict(accept([bad, {}]), to({})), 'deny');
    const egress = cluster({ egress: [{ action: 'Deny', to: [{ networks: ['8.8.8.0/24'] }] }] });
    assert.equal(verdict([...base, egress], to({ dst: '8.8.8.8' })), 'deny');
    assert.equal(verdict([...base, egress], to({})), 'allow');
  });

  it('closes what it cannot read, and opens nothing', () => {
    const unknown = (action: string) => cluster({ egress: [{ action, to: [{ domainNames: ['example.com'] }] }] });
    assert.equal(verdict([...base, unknown('Deny')], to({})), 'deny');
    assert.equal(verdict([...base, unknown('Pass')], to({})), 'deny');
    assert.equal(verdict([...base, unknown('Accept')], to({})), 'allow');
    assert.equal(
      verdict([...base, cluster({ tier: 'Middle', ingress: [{ action: 'Deny', ...from }] })], to({})),
      'allow',
    );
  });

  it('is enforced by the versions that know it', () => {
    const admin = (kind: string): Resource => ({
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind,
      metadata: { name: 'default' },
      spec: {
        priority: 5,
        subject: { pods: { podSelector: {}, namespaceSelector: {} } },
        ingress: [{ action: 'Deny', ...from, ports: [{ portNumber: { port: 8080 } }] }],
      },
    });
    for (const kind of ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy']) {
      assert.equal(verdict([...base, admin(kind)], to({}), { calico: 'v3.31.5' }), 'deny');
      assert.equal(verdict([...base, admin(kind)], to({ port: 80 }), { calico: 'v3.31.5' }), 'allow');
      assert.equal(verdict([...base, admin(kind)], to({})), 'allow');
    }
    // 3.29 had the one kind alone.
    assert.equal(verdict([...base, admin('AdminNetworkPolicy')], to({}), { calico: 'v3.29.0' }), 'deny');
    assert.equal(verdict([...base, admin('BaselineAdminNetworkPolicy')], to({}), { calico: 'v3.29.0' }), 'allow');
    assert.equal(verdict([...base, admin('AdminNetworkPolicy')], to({}), { calico: 'v3.28.4' }), 'allow');
    assert.equal(
      verdict([...base, cluster({ ingress: [{ action: 'Deny', ...from }] })], to({}), { calico: 'v3.31.5' }),
      'allow',
    );
  });
});
