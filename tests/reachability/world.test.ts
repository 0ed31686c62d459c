import assert from 'node:assert/strict';
import { stepText } from '../../reachability/index.ts';
import { ask, calico, kubernetes, namespace, pod, resource, verdict } from './worlds.ts';

const people = [
  namespace('production', { env: 'prod' }),
  namespace('dev'),
  namespace('monitoring'),
  namespace('kube-system'),
  pod('production/my-app', { app: 'my-app' }),
  pod('dev/evil'),
  pod('monitoring/prometheus', { app: 'prometheus' }),
  pod('kube-system/coredns', { 'k8s-app': 'kube-dns' }),
];

/** The reference cluster's four policies, as they are written in its guide. */
const scraping = calico('production/allow-prometheus-scraping', {
  selector: "app == 'my-app'",
  types: ['Ingress'],
  ingress: [
    {
      action: 'Allow',
      protocol: 'TCP',
      source: { selector: "app == 'prometheus'", namespaceSelector: "kubernetes.io/metadata.name == 'monitoring'" },
      destination: { ports: [8080] },
    },
  ],
});
const denyIngress = kubernetes('production/default-deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] });
const dns = kubernetes('production/allow-dns', {
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [
    { to: [{ namespaceSelector: { matchLabels: { name: 'kube-system' } } }], ports: [{ protocol: 'UDP', port: 53 }] },
  ],
});
const internal = calico('allow-cluster-internal', {
  order: 100,
  ingress: [{ action: 'Allow', source: { nets: ['10.244.0.0/16', '192.168.4.0/24'] } }],
  egress: [{ action: 'Allow' }],
});
const guide = [...people, { ...scraping, spec: { ...(scraping.spec as object), order: 50 } }, denyIngress, dns];

describe("the reference guide's policies", () => {
  const table: [string, string, string][] = [
    ['monitoring/prometheus -> production/my-app tcp/8080', 'allow', 'allow'],
    ['dev/evil -> production/my-app tcp/8080', 'deny', 'allow'],
    ['dev/evil -> production/my-app tcp/22', 'deny', 'allow'],
    ['192.168.4.61 -> production/my-app tcp/8080', 'deny', 'allow'],
    ['203.0.113.7 -> production/my-app tcp/8080', 'deny', 'deny'],
    ['203.0.113.7 -> dev/evil tcp/80', 'allow', 'deny'],
    ['production/my-app -> 8.8.8.8 tcp/443', 'deny', 'allow'],
    ['production/my-app -> kube-system/coredns udp/53', 'deny', 'allow'],
  ];
  for (const [question, without, withIt] of table) {
    it(`${question} is ${without}, and ${withIt} with the policy for all of the cluster`, () => {
      assert.equal(verdict(guide, question), without);
      assert.equal(verdict([...guide, internal], question), withIt);
    });
  }

  it('tell which of them decided', () => {
    const answer = ask([...guide, internal], 'dev/evil -> production/my-app tcp/8080');
    assert.ok(answer.ok);
    assert.deepEqual(answer.verdict.ingress.trace.map(stepText), [
      'tier=default kind=GlobalNetworkPolicy policy=allow-cluster-internal idx=0 action=allow',
    ]);
  });
});

describe('the order of policies', () => {
  const both = (a: string, b: string) => [
    ...people,
    calico(a, { order: 5, ingress: [{ action: 'Allow' }] }),
    calico(b, { order: 5, ingress: [{ action: 'Deny' }] }),
  ];
  const question = 'dev/evil -> production/my-app tcp/80';

  it('follows names where orders are alike', () => {
    assert.equal(verdict(both('a', 'production/b'), question), 'allow');
    assert.equal(verdict(both('c', 'production/b'), question), 'deny');
  });

  it("followed the store's names up to 3.31, which begin with tier or namespace", () => {
    for (const version of ['v3.31.5', 'v3.30.0']) {
      assert.equal(verdict(both('c', 'production/b'), question, { calico: version }), 'allow');
      assert.equal(verdict(both('a', 'production/b'), question, { calico: version }), 'allow');
    }
    assert.equal(verdict(both('c', 'production/b'), question, { calico: 'v3.32.0' }), 'deny');
  });

  it('puts what has no order last', () => {
    const all = [
      ...people,
      calico('a', { ingress: [{ action: 'Allow' }] }),
      calico('b', { order: 1e9, ingress: [{ action: 'Deny' }] }),
    ];
    assert.equal(verdict(all, question), 'deny');
  });

  it('passes from tier to tier, and denies at the end of one that is not there', () => {
    const tiers = [
      ...people,
      resource('Tier', 'first', { order: 1 }),
      resource('Tier', 'second', { order: 2, defaultAction: 'Pass' }),
      calico('first.a', { tier: 'first', ingress: [{ action: 'Log' }, { action: 'Pass', protocol: 'TCP' }] }),
      calico('second.b', { tier: 'second', ingress: [{ action: 'Deny', protocol: 'UDP' }] }),
    ];
    assert.equal(verdict(tiers, question), 'allow');
    assert.equal(verdict(tiers, 'dev/evil -> production/my-app udp/80'), 'deny');
    const lost = calico('gone.c', { tier: 'gone', ingress: [{ action: 'Log' }] });
    assert.equal(verdict([...tiers, lost], question), 'deny');
    const answer = ask(tiers, question);
    assert.ok(answer.ok);
    assert.deepEqual(
      answer.verdict.ingress.trace.map(({ policy, index, action }) => `${policy} ${index} ${action}`),
      ['first.a 1 pass', 'second.b -1 pass', 'kns.production 0 allow'],
    );
  });
});

describe('the directions of a policy', () => {
  const out = 'production/my-app -> dev/evil tcp/80';
  const into = 'dev/evil -> production/my-app tcp/80';
  const cases: [string, object, string, string, string?][] = [
    ['nothing said', {}, 'deny', 'allow'],
    ['egress rules alone', { egress: [{ action: 'Deny' }] }, 'allow', 'deny'],
    ['rules for both', { ingress: [{ action: 'Allow' }], egress: [{ action: 'Deny' }] }, 'allow', 'deny'],
    ['types win', { types: ['Egress'], ingress: [{ action: 'Deny' }] }, 'allow', 'deny'],
    ['written past the API server', {}, 'deny', 'deny', 'crd.projectcalico.org/v1'],
  ];
  for (const [words, spec, ingress, egress, apiVersion] of cases) {
    it(`are: ${words}`, () => {
      const all = [...people, calico('p', { selector: "app == 'my-app'", ...spec }, apiVersion)];
      assert.equal(verdict(all, into), ingress);
      assert.equal(verdict(all, out), egress);
    });
  }

  it("of Kubernetes' own are Ingress, and Egress where it has such rules", () => {
    const egress = kubernetes('production/p', { podSelector: {}, egress: [{ ports: [{ port: 81 }] }] });
    assert.deepEqual([verdict([...people, egress], into), verdict([...people, egress], out)], ['deny', 'deny']);
    const plain = kubernetes('production/p', { podSelector: {} });
    assert.deepEqual([verdict([...people, plain], into), verdict([...people, plain], out)], ['deny', 'allow']);
  });

  it('are none of a policy that is staged', () => {
    const staged = resource('StagedGlobalNetworkPolicy', 'p', { ingress: [{ action: 'Deny' }] });
    assert.equal(verdict([...people, staged], into), 'allow');
  });

  it('are none of a policy that acts before the tiers do', () => {
    const early = { applyOnForward: true, ingress: [{ action: 'Deny' }] };
    for (const flag of ['preDNAT', 'doNotTrack']) {
      assert.equal(verdict([...people, calico('p', { ...early, [flag]: true })], into), 'allow');
    }
    assert.equal(verdict([...people, calico('p', early)], into), 'deny');
  });
});

describe('who is policed', () => {
  const closed = calico('p', { ingress: [{ action: 'Deny' }], egress: [{ action: 'Deny' }] });

  it('is no pod on its node’s network, and none that has ended', () => {
    const host = pod('dev/host', {}, { spec: { hostNetwork: true }, status: { podIP: '192.168.4.61' } });
    assert.equal(verdict([...people, closed, host], 'dev/host -> 8.8.8.8 tcp/80'), 'allow');
    const done = pod('dev/done', {}, { status: { podIP: '10.244.9.9', phase: 'Succeeded' } });
    assert.match(verdict([...people, done], 'dev/done -> 8.8.8.8 tcp/80'), /no dev\/done/);
  });

  it('is nobody who talks to himself', () => {
    assert.equal(verdict([...people, closed], 'dev/evil -> dev/evil tcp/80'), 'allow');
  });

  it('is no pod when its own node calls, but is when another does', () => {
    const node = (name: string, address: string, tunnel: string) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, annotations: { 'projectcalico.org/IPv4VXLANTunnelAddr': tunnel } },
      status: { addresses: [{ type: 'InternalIP', address }] },
    });
    const all = [
      ...people,
      closed,
      node('one', '192.168.4.61', '10.244.200.1'),
      node('two', '192.168.4.62', '10.244.201.1'),
      pod('dev/here', {}, { spec: { nodeName: 'one' } }),
    ];
    for (const from of ['192.168.4.61', '10.244.200.1', 'node/one'])
      assert.equal(verdict(all, `${from} -> dev/here tcp/80`), 'allow');
    for (const from of ['192.168.4.62', '10.244.201.1', 'node/two'])
      assert.equal(verdict(all, `${from} -> dev/here tcp/80`), 'deny');
    const answer = ask(all, 'node/one -> dev/here tcp/80');
    assert.match((answer.ok && answer.verdict.ingress.why) || '', /own node/);
  });

  it('is a host endpoint, but on its failsafe ports; without a profile it is closed', () => {
    const hep = (profiles: string[]) =>
      resource(
        'HostEndpoint',
        'h',
        { node: 'one', interfaceName: '*', expectedIPs: ['192.168.4.61'], profiles },
        { labels: { role: 'node' } },
      );
    const bare = [...people, hep([])];
    assert.equal(verdict(bare, 'dev/evil -> 192.168.4.61 tcp/10250'), 'deny');
    assert.equal(verdict(bare, 'dev/evil -> 192.168.4.61 tcp/22'), 'allow');
    assert.equal(verdict(bare, '192.168.4.61 -> 8.8.8.8 udp/53'), 'allow');
    const automatic = [...people, hep(['projectcalico-default-allow'])];
    assert.equal(verdict(automatic, 'dev/evil -> 192.168.4.61 tcp/10250'), 'allow');
    assert.equal(verdict([...automatic, closed], 'dev/evil -> 192.168.4.61 tcp/10250'), 'deny');
    const pods = calico('p', { namespaceSelector: 'all()', ingress: [{ action: 'Deny' }] });
    assert.equal(verdict([...automatic, pods], '8.8.8.8 -> 192.168.4.61 tcp/10250'), 'allow');
  });

  it('has no answer for a stranger or a protocol that nobody knows', () => {
    assert.match(verdict(people, 'dev/nobody -> dev/evil tcp/80'), /no dev\/nobody/);
    assert.match(verdict(people, { src: 'dev/evil', dst: 'dev/evil', proto: 'tpc' }), /no protocol/);
    const six = pod('dev/six', {}, { status: { podIP: 'fd00::1' } });
    assert.match(verdict([...people, six], 'dev/six -> dev/evil tcp/80'), /one family/);
  });
});
