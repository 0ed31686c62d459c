import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Analysis, connectionsOf } from '../../reachability/analysis/index.ts';
import { samplesOf } from '../../reachability/analysis/samples.ts';
import { format, matches, type Node, parseSelector, type Resource, World } from '../../reachability/index.ts';
import { calico, kubernetes, namespace, pod, resource } from './worlds.ts';

const pending = { status: {} };
const people: readonly Resource[] = [
  ...['default', 'kube-system', 'production', 'monitoring', 'dev'].map((name) => namespace(name)),
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'one' },
    status: { addresses: [{ type: 'InternalIP', address: '192.168.4.61' }] },
  },
  resource('IPPool', 'pool', { cidr: '10.244.0.0/16', ipipMode: 'Always' }),
  pod('kube-system/coredns', { 'k8s-app': 'kube-dns' }, pending),
  pod('production/my-app', { app: 'my-app' }, pending),
  pod('monitoring/prometheus', { app: 'prometheus' }, pending),
  pod('dev/evil', { app: 'evil' }, pending),
];

/** The four policies of the specification, word for word but for the order of the last. */
const policies = (order: number): Resource[] => [
  kubernetes('production/default-deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] }),
  kubernetes('production/allow-prometheus-scraping', {
    podSelector: { matchLabels: { app: 'my-app' } },
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { name: 'monitoring' } },
            podSelector: { matchLabels: { app: 'prometheus' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
    ],
  }),
  kubernetes('production/allow-dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { name: 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [{ protocol: 'UDP', port: 53 }],
      },
    ],
  }),
  calico('allow-cluster-internal', {
    order,
    ingress: [{ action: 'Allow', source: { nets: ['10.244.0.0/16', '192.168.4.0/24'] } }],
    egress: [{ action: 'Allow' }],
  }),
];

describe('a cancelled deny', () => {
  for (const order of [100, 2000]) {
    it(`is every deny of the specification, with its GlobalNetworkPolicy at order ${order}`, () => {
      const analysis = new Analysis([...people, ...policies(order)]);
      const found = analysis.cancelled.map(({ by, denies, direction }) => [
        direction,
        by.map(({ policy }) => policy.name),
        denies.map(({ name }) => name).sort(),
      ]);
      assert.deepEqual(found, [
        ['ingress', ['allow-cluster-internal'], ['allow-prometheus-scraping', 'default-deny-ingress']],
        ['egress', ['allow-cluster-internal'], ['allow-dns']],
      ]);
    });

    it(`is said with every connection that it opens, and no other, at order ${order}`, () => {
      const { cancelled, people: cast } = new Analysis([...people, ...policies(order)]);
      const without = new World(cast.resources.filter(({ metadata }) => metadata.name !== 'allow-cluster-internal'));
      const [ingress] = cancelled;
      assert.ok(ingress !== undefined);
      const opened = new Set(
        ingress.cells.flatMap(({ local, remote, probe }) =>
          probe.protocol === 6 && probe.first <= 8081 && 8081 <= probe.last
            ? local.flatMap((to) => remote.map((from) => `${from.name} ${to.name}`))
            : [],
        ),
      );
      let compared = 0;
      for (const from of cast.everybody) {
        for (const to of cast.everybody.filter((one) => one.namespace === 'production')) {
          if (from.name === to.name) continue;
          const query = { src: from.name, dst: to.name, proto: 'tcp', port: 8081, srcPort: 40000 };
          const sides = [cast.world, without].map((world) => {
            const answer = world.ask(query);
            return answer.ok ? answer.verdict.ingress.verdict : answer.error;
          });
          assert.equal(opened.has(`${from.name} ${to.name}`), sides.join() === 'allow,deny', JSON.stringify(query));
          compared += 1;
        }
      }
      assert.ok(compared > 50);
    });
  }

  it('is none where the policy leaves the namespace out', () => {
    const spec = { order: 100, namespaceSelector: "kubernetes.io/metadata.name != 'production'" };
    const rest = policies(100).slice(0, 3);
    const open = calico('open', { ...spec, types: ['Ingress'], ingress: [{ action: 'Allow' }] });
    assert.deepEqual(new Analysis([...people, ...rest, open]).cancelled, []);
  });

  it('is told in words', () => {
    const analysis = new Analysis([...people, ...policies(100)]);
    assert.deepEqual(
      analysis.cancelled.map(({ direction, cells }) => connectionsOf(analysis.people, direction, cells)),
      [
        {
          from: 'pods of every namespace, nodes (by their tunnels too) and addresses of 192.168.4.0/24',
          to: 'pods of namespace production',
          ports: 'every port',
        },
        {
          from: 'pods of namespace production',
          to: 'pods of every namespace, nodes (by their tunnels too), the internet and addresses of 192.168.4.0/24',
          ports: 'every port',
        },
      ],
    );
  });
});

describe('an idle rule', () => {
  const web = (ingress: object[], more: object = {}) =>
    calico('production/web', { order: 10, types: ['Ingress'], ingress, ...more });
  const idle = (...all: Resource[]) =>
    new Analysis([...people, ...all]).idle.map(
      ({ unit, how }) => `${how} ${unit.resource.metadata.name} ${unit.field}`,
    );

  it('is one that a union of rules before it covers', () => {
    const tcp = (ports: (number | string)[]) => ({ action: 'Allow', protocol: 'TCP', destination: { ports } });
    assert.deepEqual(idle(web([tcp(['1:999']), tcp(['1000:65535']), tcp([80, '900:2000'])])), [
      'shadowed web ingress[2]',
    ]);
    assert.deepEqual(idle(web([tcp(['1:999']), tcp(['1001:65535']), tcp([80, '900:2000'])])), []);
  });

  it('is none where a pod that nobody has declared is told apart', () => {
    const from = (selector: string) => ({ action: 'Allow', source: { selector } });
    assert.deepEqual(idle(web([from("app == 'a'"), from("tier == 'b'")])), []);
    assert.deepEqual(idle(web([from("has(app) && app != 'c'"), from("app == 'a'")])), ['shadowed web ingress[1]']);
    // A pod of tier b may have the label that the first rule turns away.
    assert.deepEqual(idle(web([from("app != 'c'"), from("tier == 'b'")])), []);
  });

  it('is none where the world does not say whether it matches', () => {
    const http = { action: 'Allow', protocol: 'TCP', http: { methods: ['GET'] } };
    assert.deepEqual(idle(web([http, { action: 'Deny', protocol: 'TCP' }, { action: 'Allow' }])), []);
  });

  it('is one of two that say the same in two policies, not both', () => {
    const ingress = [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }];
    const spec = { podSelector: {}, policyTypes: ['Ingress'], ingress };
    assert.deepEqual(idle(kubernetes('production/a', spec), kubernetes('production/b', spec)), [
      'shadowed b ingress[0]',
    ]);
  });

  it('is judged for each direction, family and kind of ICMP apart', () => {
    const icmp = (type: number, code?: number) => ({
      action: 'Allow',
      protocol: 'ICMP',
      icmp: { type, ...(code !== undefined && { code }) },
    });
    assert.deepEqual(idle(web([icmp(8), icmp(8, 0), icmp(3)])), ['shadowed web ingress[1]']);
    assert.deepEqual(idle(web([icmp(8, 0), icmp(8)])), ['redundant web ingress[0]']);
    const both = { types: ['Ingress', 'Egress'], egress: [{ action: 'Allow' }] };
    assert.deepEqual(idle(web([{ action: 'Allow' }], both)), []);
  });

  it('is none of a policy that is for host endpoints on the way through', () => {
    const allow = { action: 'Allow', source: { nets: ['10.0.0.0/8'] } };
    const spec = { order: 10, types: ['Ingress'], ingress: [allow, allow] };
    assert.deepEqual(idle(calico('all', spec)), ['shadowed all ingress[1]']);
    assert.deepEqual(idle(calico('all', { ...spec, applyOnForward: true })), []);
  });
});

describe('a tie', () => {
  const allow = calico('m-allow', {
    order: 10,
    selector: "app == 'my-app'",
    types: ['Ingress'],
    ingress: [{ action: 'Allow' }],
  });
  const deny = calico('production/a-deny', { order: 10, types: ['Ingress'], ingress: [{ action: 'Deny' }] });

  it('is said with who is first before and since 3.32, as the engine has it', () => {
    for (const calicoVersion of ['v3.31.5', 'v3.32.0']) {
      const resources = [...people, allow, deny];
      const [tie] = new Analysis(resources, { calico: calicoVersion }).ties;
      assert.ok(tie !== undefined);
      const first = calicoVersion === 'v3.31.5' ? tie.first.before : tie.first.since;
      const answer = new World(resources, { calico: calicoVersion }).ask({
        src: '192.168.4.61',
        dst: 'production/my-app',
        port: 80,
      });
      assert.ok(answer.ok);
      assert.equal(answer.verdict.verdict, first.name === 'm-allow' ? 'allow' : 'deny');
    }
  });

  it('is none where another policy decides before, or the orders differ', () => {
    const before = calico('before', { order: 1, types: ['Ingress'], ingress: [{ action: 'Deny' }] });
    assert.deepEqual(new Analysis([...people, allow, deny, before]).ties, []);
    const later = calico('production/a-deny', { order: 11, types: ['Ingress'], ingress: [{ action: 'Deny' }] });
    assert.deepEqual(new Analysis([...people, allow, later]).ties, []);
  });
});

describe('a sample of a selector', () => {
  const label = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('x', 'y', 'xy');
  const node = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.constant<Node>({ kind: 'all' }),
      label.map((of): Node => ({ kind: 'has', label: of })),
      fc
        .tuple(label, fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'), value)
        .map(([of, operator, v]): Node => ({ kind: 'compare', label: of, operator: operator as '==', value: v })),
      fc
        .tuple(label, fc.constantFrom('in', 'not in'), fc.uniqueArray(value, { maxLength: 2 }))
        .map(
          ([of, operator, vs]): Node => ({ kind: 'set', label: of, operator: operator as 'in', values: new Set(vs) }),
        ),
      tie('node').map((operand): Node => ({ kind: 'not', operand })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
        .map(([kind, operands]): Node => ({ kind: kind as 'and', operands })),
    ),
  })).node;

  it('is taken by it', () => {
    fc.assert(fc.property(node, (of) => assert.ok(samplesOf(of).every((labels) => matches(of, labels)))));
  });

  it('is there wherever labels can be taken that only have to be there or be equal', () => {
    for (const text of [
      "a == 'x' && (b == 'y' || has(c))",
      "!(a != 'x') && b in {'x', 'y'}",
      "a starts with 'x'",
      'all()',
    ]) {
      const parsed = parseSelector(text);
      assert.ok(parsed.ok && samplesOf(parsed.node).length > 0, text);
      assert.ok(parsed.ok && format(parsed.node) !== '');
    }
    const never = parseSelector("a == 'x' && a == 'y'");
    assert.ok(never.ok && samplesOf(never.node).length === 0);
  });
});
