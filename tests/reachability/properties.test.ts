import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Query, type Resource, World } from '../../reachability/index.ts';
import { kubernetes, namespace, pod } from './worlds.ts';

const apps = ['a', 'b', 'c'];
const pods = ['n', 'm'].flatMap((ns) => apps.map((app) => pod(`${ns}/${app}`, { app })));
const people: readonly Resource[] = [namespace('n', { team: 'red' }), namespace('m', { team: 'blue' }), ...pods];
const ends = [...pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`), '8.8.8.8', '192.168.4.61'];

const query: fc.Arbitrary<Query> = fc.record({
  src: fc.constantFrom(...ends),
  dst: fc.constantFrom(...ends),
  proto: fc.constantFrom('tcp', 'udp', 'sctp'),
  port: fc.constantFrom(53, 80, 8080),
});
const podSelector = fc.oneof(
  fc.constant({}),
  fc.constantFrom(...apps).map((app) => ({ matchLabels: { app } })),
);
const namespaceSelector = fc.constantFrom({}, { matchLabels: { team: 'red' } }, { matchLabels: { team: 'blue' } });
const peer = fc.oneof(
  podSelector.map((p) => ({ podSelector: p })),
  namespaceSelector.map((n) => ({ namespaceSelector: n })),
  fc.tuple(podSelector, namespaceSelector).map(([p, n]) => ({ podSelector: p, namespaceSelector: n })),
  fc.constantFrom('10.0.0.0/8', '8.8.8.0/24').map((cidr) => ({ ipBlock: { cidr } })),
);
const port = fc.oneof(
  fc.record({ protocol: fc.constantFrom('TCP', 'UDP'), port: fc.constantFrom(53, 80, 8080, 'http') }),
  fc.constant({ protocol: 'TCP', port: 1, endPort: 100 }),
  fc.constant({ protocol: 'SCTP' }),
);
const rule = (peers: 'from' | 'to') =>
  fc.record(
    { [peers]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
    { requiredKeys: [] },
  );
const spec = fc.record({
  podSelector,
  policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
  ingress: fc.array(rule('from'), { maxLength: 2 }),
  egress: fc.array(rule('to'), { maxLength: 2 }),
});
const specs = fc.array(fc.tuple(fc.constantFrom('n', 'm'), spec), { minLength: 1, maxLength: 4 });
const named = (all: readonly (readonly [string, object])[]) => all.map(([ns, s], i) => kubernetes(`${ns}/p${i}`, s));

function verdictOf(world: World, asked: Query): string {
  const answer = world.ask(asked);
  assert.ok(answer.ok);
  return answer.verdict.verdict;
}

describe('a world', () => {
  it('without policies lets everything through', () => {
    const world = new World(people);
    fc.assert(fc.property(query, (asked) => assert.equal(verdictOf(world, asked), 'allow')));
  });

  it('is closed nowhere by a further rule of a policy of Kubernetes', () => {
    fc.assert(
      fc.property(
        specs,
        fc.nat(3),
        rule('from'),
        rule('to'),
        fc.array(query, { minLength: 5, maxLength: 20 }),
        (all, which, ingress, egress, queries) => {
          const before = new World([...people, ...named(all)]);
          const more = all.map(([ns, s], i) =>
            i === which % all.length
              ? ([ns, { ...s, ingress: [...s.ingress, ingress], egress: [...s.egress, egress] }] as const)
              : ([ns, s] as const),
          );
          const after = new World([...people, ...named(more)]);
          for (const asked of queries) {
            if (verdictOf(before, asked) === 'allow')
              assert.equal(verdictOf(after, asked), 'allow', JSON.stringify(asked));
          }
        },
      ),
    );
  });

  it('is opened nowhere by a further policy of Kubernetes for what one is for already', () => {
    fc.assert(
      fc.property(specs, query, (all, asked) => {
        const closing = kubernetes('n/none', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
        const [before, after] = [new World([...people, ...named(all)]), new World([...people, ...named(all), closing])];
        if (verdictOf(before, asked) === 'deny') assert.equal(verdictOf(after, asked), 'deny');
      }),
    );
  });

  it('does not hang on the order of its documents, nor on one standing there twice', () => {
    fc.assert(
      fc.property(specs, fc.array(query, { minLength: 3, maxLength: 8 }), (all, queries) => {
        const resources = [...people, ...named(all)];
        const [one, other] = [new World(resources), new World([...resources.toReversed(), ...resources])];
        for (const asked of queries) assert.deepEqual(other.ask(asked), one.ask(asked));
      }),
    );
  });

  it('says with each verdict the step that made it', () => {
    fc.assert(
      fc.property(specs, query, (all, asked) => {
        const answer = new World([...people, ...named(all)]).ask(asked);
        assert.ok(answer.ok);
        const { verdict, egress, ingress } = answer.verdict;
        const sides = [egress, ingress];
        for (const side of sides) {
          if (side.verdict === 'unpoliced') assert.deepEqual(side.trace, []);
          else assert.equal(side.trace.at(-1)?.action, side.verdict);
          assert.ok(side.trace.slice(0, -1).every(({ action }) => action === 'pass'));
        }
        assert.equal(verdict, sides.some((side) => side.verdict === 'deny') ? 'deny' : 'allow');
      }),
    );
  });

  it('answers where a port is not said as it would for every port, or says that it depends', () => {
    fc.assert(
      fc.property(specs, query, (all, { port: said, ...open }) => {
        const world = new World([...people, ...named(all)]);
        const whole = verdictOf(world, open);
        if (whole !== 'depends') assert.equal(verdictOf(world, { ...open, port: said ?? 80 }), whole);
      }),
    );
  });
});
