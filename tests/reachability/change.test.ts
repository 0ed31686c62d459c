import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rectangles } from '../../reachability/change/rectangles.ts';
import {
  changesBetween,
  type Edge,
  edgesOf,
  inWords,
  nodeEnds,
  outsideOf,
  podEnds,
  portRanges,
  type Resource,
  World,
  withPodsNamedAs,
  workloadsApart,
} from '../../reachability/index.ts';
import { calicoWorlds } from '../conformance/recorded.ts';
import { calico, kubernetes, namespace, pod } from './worlds.ts';

const compared = (before: readonly Resource[], after: readonly Resource[]) =>
  changesBetween({ before: new World(before), after: new World(after), pools: [] });

/** Without its first policy, which every recorded world has. */
function withoutOne(resources: readonly Resource[]): Resource[] {
  const at = resources.findIndex(({ kind }) => kind === 'NetworkPolicy' || kind === 'GlobalNetworkPolicy');
  assert.ok(at >= 0);
  return resources.filter((_, i) => i !== at);
}

describe('what a change opens and closes', () => {
  it('is, of every pair of pods, nodes and the outside and on every port, what both worlds answer when they are asked', () => {
    let told = 0;
    for (const { name, resources } of calicoWorlds().slice(0, 10)) {
      const [before, after] = [new World(resources), new World(withoutOne(resources))];
      const { changes } = changesBetween({ before, after, pools: [] });
      const ends = (world: World) => [...podEnds(world, (id) => id), ...nodeEnds(world)];
      const answers = (world: World) => edgesOf(world, ends(world), ends(world));
      const verdict = (edge: Edge, proto: string, port: number) => {
        const within = (all: Edge['allow']) => all.some((r) => r.proto === proto && r.first <= port && port <= r.last);
        return within(edge.allow) ? 'allow' : within(edge.some) ? 'depends' : 'deny';
      };
      const now = new Map(answers(after).map((edge) => [`${edge.from} ${edge.to}`, edge]));
      const isPod = (end: string) => !end.startsWith('node/');
      for (const old of answers(before)) {
        const edge = now.get(`${old.from} ${old.to}`);
        // Nodes among themselves are not asked: no policy of a pod is between them.
        if (edge === undefined || (!isPod(old.from) && !isPod(old.to))) continue;
        for (const { proto, first } of [...portRanges(before), ...portRanges(after)]) {
          const [was, is]: [string, string] = [verdict(old, proto, first), verdict(edge, proto, first)];
          const covered = changes.find(
            ({ from, to, ports }) =>
              from.includes(old.from) &&
              to.includes(old.to) &&
              ports.some((range) => range.proto === proto && range.first <= first && first <= range.last),
          );
          assert.deepEqual(
            covered && [covered.before, covered.after],
            was === is ? undefined : [was, is],
            `${name}: ${old.from} -> ${old.to} ${proto}/${first}`,
          );
          if (was !== is) told += 1;
        }
      }
    }
    assert.ok(told > 100, `${told} connections changed`);
  });

  it('is nothing of a world and itself', () => {
    for (const { resources } of calicoWorlds().slice(0, 10))
      assert.deepEqual(compared(resources, resources).changes, []);
  });

  it('tells the outside and the nodes on the line of the pods that it shares', () => {
    const node = (name: string, address: string): Resource => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      status: { addresses: [{ type: 'InternalIP', address }] },
    });
    const world = [
      namespace('n'),
      namespace('m'),
      node('one', '192.168.4.1'),
      node('two', '192.168.4.2'),
      pod('n/a', { app: 'a' }, { spec: { nodeName: 'one', containers: [] } }),
      pod('n/b', { app: 'b' }, { spec: { nodeName: 'two', containers: [] } }),
      pod('m/c', { app: 'c' }),
    ];
    const deny = kubernetes('n/deny', { podSelector: {}, policyTypes: ['Ingress'] });
    const { changes, pods, nodes, outside } = compared(world, [...world, deny]);
    const everybody = { pods, nodes, outside: [...outside.keys()], workloads: new Map() };
    assert.deepEqual(
      changes.map(({ before, after, from, to }) => [before, after, inWords(from, everybody), inWords(to, everybody)]),
      [['allow', 'deny', ['every pod', 'every node', 'the internet'], ['every pod of n']]],
      'what a node sends to its own pod is not policed, and makes no line of its own',
    );
  });

  it('is cut where the nets of either world cut the outside', () => {
    const world = [pod('n/a')];
    const office = calico('office', {
      types: ['Ingress'],
      ingress: [{ action: 'Allow', source: { nets: ['203.0.113.0/24'] } }],
    });
    const opened = compared([...world, calico('all', { types: ['Ingress'] })], [...world, office]).changes;
    assert.deepEqual(
      opened.map(({ from, to, after }) => [from, to, after]),
      [[['203.0.113.0/24'], ['n/a'], 'allow']],
    );
    const closed = compared([...world, office], [...world, calico('all', { types: ['Ingress'] })]).changes;
    assert.deepEqual(
      closed.map(({ from, to, after }) => [from, to, after]),
      [[['203.0.113.0/24'], ['n/a'], 'deny']],
    );
    assert.ok(outsideOf(new World([...world, office])).length > 1);
  });
});

describe('blocks of pairs', () => {
  it('hold every pair exactly once, and no other', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const cell = fc.record({ label: fc.constantFrom('x', 'y'), from: name, to: name });
    fc.assert(
      fc.property(fc.uniqueArray(cell, { selector: (one) => JSON.stringify(one) }), (cells) => {
        const made = rectangles(cells).flatMap(({ label, from, to }) =>
          from.flatMap((src) => to.map((dst) => `${label} ${src} ${dst}`)),
        );
        assert.deepEqual(made.sort(), cells.map(({ label, from, to }) => `${label} ${from} ${to}`).sort());
      }),
    );
  });

  it('are of rows or of columns, whichever are fewer, and go over what nobody speaks of', () => {
    const cells = [
      ['one', 'b'],
      ['one', 'c'],
      ['two', 'a'],
      ['two', 'c'],
      ['three', 'a'],
      ['three', 'b'],
    ].map(([from = '', to = '']) => ({ label: 'x', from, to }));
    assert.equal(rectangles(cells).length, 3);
    const free = (from: string, to: string) => ['one a', 'two b', 'three c'].includes(`${from} ${to}`);
    assert.deepEqual(rectangles(cells, free), [{ label: 'x', from: ['one', 'three', 'two'], to: ['a', 'b', 'c'] }]);
  });
});

describe('many pods in few words', () => {
  const pods = ['a/x-1', 'a/x-2', 'a/y-1', 'b/z-1', 'b/z-2', 'b/w-1', 'c/v-1'];
  const workloads = new Map(pods.map((name) => [name, name.slice(0, 3)]));
  const everybody = { pods, nodes: ['node/1', 'node/2'], outside: ['the internet', '10.0.0.0/8'], workloads };
  for (const [names, words] of [
    [pods, ['every pod']],
    [['a/x-1', 'a/x-2', 'a/y-1'], ['every pod of a']],
    [['a/x-1', 'a/x-2'], ['a/x']],
    [['a/x-1'], ['a/x-1']],
    [['c/v-1'], ['c/v']],
    [pods.filter((name) => name !== 'c/v-1'), ['every pod but c/v']],
    [
      ['a/x-1', 'node/1', 'node/2', 'the internet'],
      ['a/x-1', 'every node', 'the internet'],
    ],
    [['the internet', '10.0.0.0/8'], ['the outside']],
  ] as const) {
    it(`${names.join(', ')} is ${words.join(', ')}`, () => assert.deepEqual(inWords(names, everybody), words));
  }

  /** Who is meant by a name: pods, or how many of a workload. */
  function meant(word: string): { pods: string[]; some: number } {
    const but = /^every pod but (.*)$/.exec(word)?.[1];
    if (but !== undefined) {
      const others = but.split(', ').map((one) => meant(one.replace('those of', 'every pod of')));
      const left = new Set(others.flatMap((one) => one.pods));
      const some = others.reduce((sum, one) => sum + one.some, 0);
      const rest = pods.filter((one) => !left.has(one));
      return some === 0 ? { pods: rest, some } : { pods: [], some: rest.length - some };
    }
    const namespaceOf = /^every pod of (.*)$/.exec(word)?.[1];
    if (word === 'every pod') return { pods, some: 0 };
    if (namespaceOf !== undefined) return { pods: pods.filter((one) => one.startsWith(`${namespaceOf}/`)), some: 0 };
    const part = /\((\d+) of \d+ pods\)$/.exec(word)?.[1];
    if (part !== undefined) return { pods: [], some: Number(part) };
    return { pods: pods.includes(word) ? [word] : pods.filter((one) => workloads.get(one) === word), some: 0 };
  }

  it('names everybody who is meant, and nobody else', () => {
    fc.assert(
      fc.property(
        fc.subarray(pods),
        fc.constantFrom('workload' as const, 'namespace' as const, 'pod' as const),
        (some, grain) => {
          const told = inWords(some, everybody, grain).map(meant);
          const named = told.flatMap((one) => one.pods);
          assert.ok(
            named.every((one) => some.includes(one)),
            'nobody else',
          );
          assert.equal(new Set(named).size + told.reduce((sum, one) => sum + one.some, 0), some.length);
        },
      ),
    );
  });
});

describe('pods of a workload by other names', () => {
  const owned = (name: string, labels = {}) => pod(`n/${name}`, { app: name.split('-')[0] as string, ...labels });

  it('are compared with those of the other world', () => {
    const before = [owned('web-1'), owned('web-2'), owned('db-1')];
    const after = [owned('web-8'), owned('web-9'), owned('web-10'), owned('db-1')];
    const names = withPodsNamedAs(before, after).map(({ metadata }) => metadata.name);
    assert.deepEqual(names, ['web-1', 'web-2', 'web-10', 'db-1']);
    assert.deepEqual(workloadsApart(before, [...after, owned('new-1')]), { gone: [], come: ['n/new'] });
  });
});
