import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  edgesOf,
  outsideOf,
  parseNet,
  podEnds,
  podsOfWorkloads,
  portRanges,
  type Resource,
  World,
  workloadsOf,
} from '../../reachability/index.ts';
import { calicoWorlds } from '../conformance/recorded.ts';
import { assertGolden } from '../support/golden.ts';
import { calico, kubernetes, pod, resource } from './worlds.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = join(root, 'tests/reachability/production');

function reach(...words: string[]) {
  const done = spawnSync(process.execPath, ['cli/main.ts', 'reach', ...words], { cwd: root, encoding: 'utf8' });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

describe('calispray reach from, to, exposed, matrix', () => {
  const stack = ['--stack', 'dev', '--world', 'tests/reachability/production/world.yaml'];
  for (const [file, words] of Object.entries({
    'from.txt': ['from', 'production/my-app'],
    'to.jsonl': ['to', 'production/my-app', '--json'],
    'exposed.dot': ['exposed', '--format', 'dot'],
    'exposed.txt': ['exposed'],
    'matrix.txt': ['matrix'],
    'matrix.md': ['matrix', '--by', 'namespace', '--format', 'markdown'],
  })) {
    it(`${words.join(' ')}: the stack dev with manifests is told as in ${file}`, () => {
      const { status, out, err } = reach(...words, ...stack);
      assert.equal(err, '');
      assert.equal(status, 0);
      assertGolden(join(golden, file), out);
    });
  }

  it('draw a picture, one JSON line for each pair of it', () => {
    const { out, err, status } = reach('matrix', '--format', 'svg', ...stack);
    assert.deepEqual([status, err], [0, '']);
    assert.match(out, /^<\?xml .*<svg .*<\/svg>\n$/s);
    const edges = reach('matrix', '--json', ...stack)
      .out.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const reached = edges.filter(({ allow, some }) => allow.length + some.length > 0);
    assert.equal(out.match(/class="edge"/g)?.length, reached.length);
    assert.equal(out.match(/class="node"/g)?.length, new Set(edges.flatMap(({ from, to }) => [from, to])).size);
  });

  it('want a world, an end that is there, and a format that is known', () => {
    assert.match(reach('matrix').err, /no-question.*\n?.*--world FILE, --stack NAME/);
    assert.match(reach('from', 'production/none', ...stack).err, /no-such-end/);
    assert.match(reach('matrix', '--format', 'png', ...stack).err, /no-format.*\n?.*text, json, markdown, dot, svg/);
    assert.match(reach('matrix', '--by', 'label', ...stack).err, /no-question: --by label/);
  });
});

describe('edges', () => {
  it('say of every pair of pods, on the first and last port of every range, what is answered when it is asked alone', () => {
    let asked = 0;
    for (const { name, resources } of calicoWorlds().slice(0, 12)) {
      const world = new World(resources);
      const ends = podEnds(world, (id) => id);
      const ranges = portRanges(world);
      for (const { from, to, allow, some } of edgesOf(world, ends, ends)) {
        for (const { proto, first, last } of ranges) {
          for (const port of new Set([first, last])) {
            const answer = world.ask({ src: from, dst: to, proto, port, srcPort: 40000 });
            const within = (all: typeof allow) =>
              all.some((r) => r.proto === proto && r.first <= port && port <= r.last);
            const expected = within(allow) ? 'allow' : within(some) ? 'depends' : 'deny';
            // Two pods without an address of one family have no connection to ask of.
            const got = answer.ok ? answer.verdict.verdict : 'deny';
            assert.equal(got, expected, `${name}: ${from} -> ${to} ${proto}/${port}`);
            asked += 1;
          }
        }
      }
    }
    assert.ok(asked > 1000, `${asked} were asked`);
  });

  it('tell what some pods of a workload reach from what all of them do', () => {
    const world = new World([
      pod('n/a', { app: 'a' }),
      pod('n/b1', { app: 'b', open: 'yes' }),
      pod('n/b2', { app: 'b' }),
      kubernetes('n/deny', { podSelector: { matchLabels: { app: 'b' } }, policyTypes: ['Ingress'] }),
      kubernetes('n/open', {
        podSelector: { matchLabels: { open: 'yes' } },
        ingress: [{ ports: [{ port: 80 }] }],
      }),
    ]);
    const ends = podEnds(world, (id) => id.slice(0, 3));
    const edge = edgesOf(world, ends, ends).find(({ from, to }) => from === 'n/a' && to === 'n/b');
    assert.deepEqual(edge, { from: 'n/a', to: 'n/b', allow: [], some: [{ proto: 'tcp', first: 80, last: 80 }] });
  });

  it('of a workload of one pod and itself are none', () => {
    const world = new World([pod('n/a'), pod('n/b')]);
    const pairs = edgesOf(
      world,
      podEnds(world, (id) => id),
      podEnds(world, (id) => id),
    );
    assert.deepEqual(
      pairs.map(({ from, to }) => `${from} ${to}`),
      ['n/a n/b', 'n/b n/a'],
    );
  });
});

describe('what is outside', () => {
  const policies = [
    calico('in', {
      types: ['Ingress'],
      ingress: [
        { action: 'Deny', source: { nets: ['203.0.113.0/24'] } },
        { action: 'Allow', source: { nets: ['192.168.0.0/16'], notNets: ['192.168.1.0/24'] } },
      ],
    }),
    resource('GlobalNetworkSet', 'office', { nets: ['8.8.8.0/24'] }),
  ];

  it('is a part for each net that rules and sets name, and the rest of the internet', () => {
    const world = new World([pod('n/a'), ...policies]);
    assert.deepEqual(
      outsideOf(world)
        .map(({ name }) => name)
        .sort(),
      ['192.168.0.0/16', '192.168.1.0/24', '203.0.113.0/24', '8.8.8.0/24', 'the internet'],
    );
  });

  it('has no address of a pod, a pool, a node or a service, and no part twice', () => {
    const node: Resource = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      status: { addresses: [{ type: 'InternalIP', address: '192.168.0.0' }] },
    };
    const pool = parseNet('8.8.0.0/16');
    const found = outsideOf(new World([pod('n/a'), node, ...policies]), pool === undefined ? [] : [pool]);
    assert.equal(found.find(({ name }) => name === '192.168.0.0/16')?.address, '192.168.0.1');
    assert.equal(
      found.find(({ name }) => name === '8.8.8.0/24'),
      undefined,
    );
    assert.equal(new Set(found.map(({ name }) => name)).size, found.length);
  });
});

describe('workloads', () => {
  const owned = (name: string, kind: string, owner: string, labels: object = {}): Resource => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'n',
      labels: { ...labels },
      ...{ ownerReferences: [{ controller: true, kind, name: owner }] },
    },
  });

  it("are a pod's controller, without the digest of a ReplicaSet, else its label, else itself", () => {
    const names = workloadsOf([
      owned('web-5d78-x', 'ReplicaSet', 'web-5d78', { 'pod-template-hash': '5d78' }),
      owned('db-0', 'StatefulSet', 'db'),
      pod('n/one', { app: 'shop' }),
      pod('n/two'),
    ]);
    assert.deepEqual([...names.values()], ['n/web', 'n/db', 'n/shop', 'n/two']);
  });

  it('that have no pod yet are one of their template, and no other', () => {
    const deployment = (name: string): Resource => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'n' },
      spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [] } } },
    });
    const made = podsOfWorkloads([
      deployment('web'),
      deployment('api'),
      owned('web-5d78-x', 'ReplicaSet', 'web-5d78', { 'pod-template-hash': '5d78' }),
    ]);
    assert.deepEqual(
      made.map(({ metadata }) => [metadata.name, metadata.labels]),
      [['api', { app: 'api' }]],
    );
  });
});
