import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Analysis } from '../../reachability/analysis/index.ts';
import { type Direction, type Query, type Resource, type Step, World } from '../../reachability/index.ts';
import { calico, kubernetes, namespace, pod } from './worlds.ts';

const apps = ['a', 'b'];
const pods = ['n', 'm', 'o'].flatMap((ns) =>
  apps.map((app) => pod(`${ns}/${app}`, { app, ...(ns === 'n' && { tier: 'web' }) })),
);
const people: readonly Resource[] = [
  namespace('n', { team: 'red' }),
  namespace('m', { team: 'blue' }),
  namespace('o', { team: 'blue' }),
  { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'pool' }, spec: { cidr: '10.244.0.0/16' } },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'one' },
    status: { addresses: [{ type: 'InternalIP', address: '192.168.4.61' }] },
  },
  ...pods,
];
const ends = [
  ...pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  '8.8.8.8',
  '192.168.4.61',
  '10.1.2.3',
];
const queries: readonly Query[] = ends.flatMap((src) =>
  ends.flatMap((dst) =>
    (['tcp', 'udp'] as const).flatMap((proto) =>
      [53, 80, 443, 8080, 30000].map((port) => ({ src, dst, proto, port, srcPort: 40000 })),
    ),
  ),
);

const labels = fc.constantFrom({}, { app: 'a' }, { app: 'b' }, { tier: 'web' });
const podSelector = labels.map((matchLabels) => ({ matchLabels }));
const peer = fc.oneof(
  podSelector.map((p) => ({ podSelector: p })),
  fc
    .constantFrom({}, { matchLabels: { team: 'red' } }, { matchLabels: { team: 'blue' } })
    .map((n) => ({ namespaceSelector: n })),
  fc.constantFrom('10.0.0.0/8', '10.244.0.0/16', '8.8.8.0/24').map((cidr) => ({ ipBlock: { cidr } })),
);
const ports = fc.constantFrom(
  [],
  [{ port: 80 }],
  [{ port: 80 }, { protocol: 'UDP', port: 53 }],
  [{ port: 1, endPort: 1000 }],
  [{ port: 'http' }],
);
const rulesOf = (peers: 'from' | 'to') =>
  fc.array(fc.record({ [peers]: fc.array(peer, { maxLength: 2 }), ports }), { maxLength: 3 });
const kubernetesPolicy = fc
  .tuple(fc.constantFrom('n', 'm'), podSelector, rulesOf('from'), rulesOf('to'))
  .map(([ns, selected, ingress, egress]) => ({
    ns,
    spec: { podSelector: selected, policyTypes: ['Ingress', 'Egress'], ingress, egress },
  }));
const entity = fc.oneof(
  fc.constantFrom('app == "a"', 'app != "a"', 'all()', 'has(tier)', 'team == "red"').map((selector) => ({ selector })),
  fc.constantFrom('team == "blue"', 'all()').map((namespaceSelector) => ({ namespaceSelector })),
  fc.constantFrom(['10.244.0.0/16'], ['0.0.0.0/0'], ['8.8.8.0/24', '192.168.4.0/24']).map((nets) => ({ nets })),
  fc.constant({}),
);
const calicoRule = (end: 'source' | 'destination') =>
  fc
    .tuple(fc.constantFrom('Allow', 'Deny', 'Pass', 'Log'), entity, fc.constantFrom([], [80], ['1:1000'], [53]))
    .map(([action, far, open]) => ({
      action,
      ...(open.length > 0 && { protocol: 'TCP' }),
      ...(end === 'source'
        ? { source: far, destination: open.length > 0 ? { ports: open } : {} }
        : { destination: open.length > 0 ? { ...far, ports: open } : far }),
    }));
const globalPolicy = fc
  .record({
    order: fc.constantFrom(100, 1000, 2000),
    selector: fc.constantFrom('', 'app == "a"', 'app != "b"'),
    namespaceSelector: fc.constantFrom('all()', 'team == "blue"', 'team == "red"'),
    ingress: fc.array(calicoRule('source'), { maxLength: 3 }),
    egress: fc.array(calicoRule('destination'), { maxLength: 3 }),
  })
  .map((spec) => ({ ns: '', spec: { ...spec, types: ['Ingress', 'Egress'] } }));
type Written = { readonly ns: string; readonly spec: object };
const written = fc.array<Written>(fc.oneof(kubernetesPolicy, globalPolicy), { minLength: 1, maxLength: 4 });
const named = (all: readonly Written[]) =>
  all.map(({ ns, spec }, i) => (ns === '' ? calico(`g${i}`, spec) : kubernetes(`${ns}/p${i}`, spec)));

function verdicts(world: World): string[] {
  return queries.map((query) => {
    const answer = world.ask(query);
    return answer.ok ? answer.verdict.verdict : answer.error;
  });
}

/** Without the rule or the peer at `ingress[0].from[1]`. */
function without(resources: readonly Resource[], of: Resource, fields: readonly string[]): Resource[] {
  const changed = structuredClone(of) as Resource & { spec: Record<string, unknown[]> };
  // From the last on, so that the places of the others stay what they are.
  const places = fields.map((field) =>
    [...field.matchAll(/(\w+)\[(\d+)\]/g)].map(([, key, i]) => [key, Number(i)] as const),
  );
  const order = places.sort((a, b) => (b[0]?.[1] ?? 0) - (a[0]?.[1] ?? 0) || (b[1]?.[1] ?? 99) - (a[1]?.[1] ?? 99));
  for (const [rule, peerOf] of order) {
    const list = changed.spec[rule?.[0] ?? ''] as Record<string, unknown[]>[];
    if (peerOf === undefined) list.splice(rule?.[1] ?? 0, 1);
    else list[rule?.[1] ?? 0]?.[peerOf[0] ?? '']?.splice(peerOf[1], 1);
  }
  return resources.map((one) => (one === of ? changed : one));
}

describe('the analysis of policies', () => {
  it('calls redundant or shadowed only what can be taken away, alone and together, with no other verdict', () => {
    let seen = 0;
    fc.assert(
      fc.property(written, (all) => {
        const resources = [...people, ...named(all)];
        const before = verdicts(new World(resources));
        const { idle } = new Analysis(resources);
        seen += idle.length;
        for (const { unit } of idle) {
          const after = verdicts(new World(without(resources, unit.resource, [unit.field])));
          assert.deepEqual(after, before, `${unit.resource.metadata.name} ${unit.field}`);
        }
        let rest = resources;
        for (const [of, together] of Map.groupBy(idle, ({ unit }) => unit.resource)) {
          rest = without(
            rest,
            of,
            together.map(({ unit }) => unit.field),
          );
        }
        assert.deepEqual(verdicts(new World(rest)), before);
      }),
    );
    assert.ok(seen > 20, `${seen} rules were idle`);
  });

  it('calls shadowed what never decides', () => {
    let seen = 0;
    fc.assert(
      fc.property(written, (all) => {
        const resources = [...people, ...named(all)];
        const { idle, grounds } = new Analysis(resources);
        const shadowed = idle.filter(({ how }) => how === 'shadowed');
        const world = new World(resources);
        const rules = new Set(shadowed.flatMap(({ unit }) => unit.rules));
        const hits = grounds.flatMap(({ situations, direction }) =>
          situations.flatMap((one) => one.hits.map((hit) => ({ ...hit, direction }))),
        );
        const steps = new Set(
          hits.filter(({ rule }) => rules.has(rule)).map(({ step, direction }) => keyOf(direction, step)),
        );
        seen += steps.size;
        for (const query of queries) {
          const answer = world.ask(query);
          if (!answer.ok) continue;
          for (const direction of ['egress', 'ingress'] as const)
            for (const step of answer.verdict[direction].trace)
              assert.ok(!steps.has(keyOf(direction, step)), JSON.stringify(step));
        }
      }),
    );
    assert.ok(seen > 5, `${seen} rules were shadowed`);
  });

  it('names as cancelled a connection that is allowed, and is denied without the policies that cancel', () => {
    let seen = 0;
    fc.assert(
      fc.property(written, (all) => {
        const { cancelled, people: cast } = new Analysis([...people, ...named(all)]);
        seen += cancelled.length;
        for (const { by, connection } of cancelled) {
          const policies = new Set(by.map(({ policy }) => policy.name));
          const less = cast.resources.filter(({ metadata }) => !policies.has(metadata.name));
          const [with_, without_] = [cast.world, new World(less)].map((world) => world.ask(connection));
          assert.ok(with_?.ok && without_?.ok);
          assert.deepEqual([with_.verdict.verdict, without_.verdict.verdict], ['allow', 'deny']);
        }
      }),
      { numRuns: 200 },
    );
    assert.ok(seen > 5, `${seen} denies were cancelled`);
  });

  it('tells of a tie only where the other order gives another verdict', () => {
    let seen = 0;
    fc.assert(
      fc.property(written, (all) => {
        const resources = [...people, ...named(all)];
        const { ties, people: cast } = new Analysis(resources);
        seen += ties.length;
        for (const { one, other, cells, direction } of ties) {
          assert.equal(one.hit.policy.order, other.hit.policy.order);
          assert.notEqual(one.verdict, other.verdict);
          assert.ok(cells.length > 0 && ['ingress', 'egress'].includes(direction) && cast.everybody.length > 0);
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(seen > 5, `${seen} ties`);
  });
});

function keyOf(direction: Direction, { tier, kind, policy, index }: Step): string {
  return `${direction} ${tier} ${kind} ${policy} ${index}`;
}
