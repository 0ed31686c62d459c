import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { formatFinding } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { driftOf, joinLive, type Live, liveSources, readLive } from '../../kubespray/live/index.ts';
import { assertGolden } from '../support/golden.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';
import { liveAs } from './support/live.ts';

const dev = clusterOf(stackCluster('dev'));
const changed = (change: object): Cluster => clusterOf(edited(stackCluster('dev'), change));
const worlds = join(import.meta.dirname, 'live');

/** What stands in a world's file: the stack that was carried out, what is otherwise live, and what the stack says now. */
interface World {
  readonly what: string;
  /** Stack whose cluster was carried out. Default: dev. */
  readonly stack?: string;
  /** Edits of that cluster before it was carried out. */
  readonly was?: object;
  /** Whether the controller has a record. Default: yes. */
  readonly recorded?: boolean;
  readonly live?: object;
  /** Edits of it since then. */
  readonly now?: object;
}

describe('drift of a live cluster', () => {
  for (const name of readdirSync(worlds).filter((each) => each.endsWith('.yaml'))) {
    it(`of ${name} is as in tests/kubespray/live/golden`, () => {
      const world = parse(readFileSync(join(worlds, name), 'utf8')) as World;
      const was = edited(stackCluster(world.stack ?? 'dev'), world.was ?? {});
      const live = merged(liveAs(clusterOf(was), { recorded: world.recorded ?? true }), world.live ?? {}) as Live;
      const found = driftOf(clusterOf(edited(was, world.now ?? {})), live);
      const text = found.length === 0 ? 'nothing\n' : `${found.map(formatFinding).join('\n')}\n`;
      assertGolden(join(worlds, 'golden', name.replace('.yaml', '.txt')), `# ${world.what}\n${text}`);
    });
  }

  it('is none where the cluster is as it was carried out, in every stack', () => {
    for (const stack of ['lab', 'dev', 'staging', 'prod']) {
      const cluster = clusterOf(stackCluster(stack));
      for (const recorded of [true, false])
        assert.deepEqual(driftOf(cluster, liveAs(cluster, { recorded })).map(formatFinding), [], stack);
    }
  });

  it('is not looked for where no cluster is, or where its API does not answer', () => {
    const live = liveAs(dev, { recorded: true });
    const other = changed({ network: { services: '10.96.0.0/16' } });
    assert.ok(driftOf(other, live).length > 0);
    for (const cluster of ['none', 'down'] as const) assert.deepEqual(driftOf(other, { ...live, cluster }), []);
  });

  it('refuses no live value that a declared migration starts from or ends at', () => {
    const live = liveAs(changed({ network: { encapsulation: { ipip: 'always' } } }), { recorded: true });
    const target = { network: { encapsulation: { vxlan: 'always' }, mtu: 'auto' } };
    assert.deepEqual(codes(driftOf(changed(target), live)), ['refused live-encapsulation']);
    const migrating = changed({ ...target, migrate: { encapsulation: { from: { ipip: 'always' } } } });
    assert.deepEqual(codes(driftOf(migrating, live)), []);
    const half = merged(live, { calico: { pools: [{ name: 'default-pool', spec: { ipipMode: 'Never' } }] } }) as Live;
    assert.deepEqual(codes(driftOf(migrating, half)), []);
  });

  it('judges every live value without falling over it', () => {
    const live = liveAs(dev, { recorded: true });
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (spec, applied) => {
        const calico = {
          ...live.calico,
          pools: [{ name: 'default-pool', spec: record(spec) }],
          peers: [{ name: 'x', spec: record(spec) }],
          felix: record(spec),
          bgp: record(spec),
          ipam: record(spec),
        };
        for (const finding of driftOf(dev, { ...live, applied: json(applied), calico } as Live)) {
          assert.ok(finding.message.length < 2000);
          assert.match(finding.hint, /\.$/);
        }
      }),
    );
  });

  it('names a way out, a class and a line in docs/live.md for every code', () => {
    const golden = join(worlds, 'golden');
    const texts = readdirSync(golden).map((file) => readFileSync(join(golden, file), 'utf8'));
    const seen = new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/^(refused|advice) ([a-z-]+) at /gm)].map(([, cls, code]) => `${code} ${cls}`),
      ),
    );
    const docs = readFileSync(join(import.meta.dirname, '../../docs/live.md'), 'utf8');
    const told = [...docs.matchAll(/^\| `([a-z-]+)` \| (refused|advice) \|/gm)].map(
      ([, code, cls]) => `${code} ${cls}`,
    );
    assert.deepEqual(told.sort(), [...seen].sort());
  });
});

describe('the nodes that are asked for what is live', () => {
  it('are the first control-plane node, and the controller where it is another one', () => {
    const asked = (cluster: Cluster) =>
      liveSources(cluster).map(({ node, asks }) => [node.name, asks.api, asks.applied]);
    assert.deepEqual(asked(dev), [['masternode', true, true]]);
    const apart = changed({ kubespray: { version: 'v2.31.0', controller: 'homelab' } });
    assert.deepEqual(asked(apart).sort(), [
      ['homelab', false, true],
      ['masternode', true, false],
    ]);
  });

  it('give one answer together', () => {
    const live = liveAs(dev, { recorded: true });
    const [api, controller] = [
      { ...live, applied: null },
      { ...live, cluster: 'none' as const, nodes: [] },
    ];
    const joined = joinLive([
      { asks: { api: false, applied: true }, live: controller },
      { asks: { api: true, applied: false }, live: api },
    ]);
    assert.deepEqual(joined, live);
    assert.equal(joinLive([{ asks: { api: false, applied: true }, live }]), undefined);
  });
});

describe('readLive', () => {
  const live = liveAs(dev, { recorded: false });
  it('finds the answer behind what a login prints', () =>
    assert.deepEqual(readLive(`Welcome!\n{ "not": "it" }\n${JSON.stringify(live)}\n{half\n`), live));
  for (const junk of [
    '',
    'sh: not found\n',
    '{}',
    '{"cluster":"maybe","calico":{},"nodes":[]}',
    '{"cluster":"up","nodes":[]}',
    'null',
  ])
    it(`takes ${JSON.stringify(junk)} for no answer`, () => assert.equal(readLive(junk), undefined));
});

function codes(findings: readonly { class: string; code: string }[]): string[] {
  return findings.map((finding) => `${finding.class} ${finding.code}`);
}

/** Maps are merged at every depth, lists of named things by name; `null` takes a key away. */
function merged(value: unknown, change: unknown): unknown {
  if (
    Array.isArray(value) &&
    Array.isArray(change) &&
    change.length > 0 &&
    change.every((each) => isMap(each) && 'name' in each)
  ) {
    const named = new Map(value.map((each) => [each.name, each]));
    for (const each of change) named.set(each.name, merged(named.get(each.name) ?? {}, each));
    return [...named.values()].filter((each) => each.gone !== true);
  }
  if (!isMap(value) || !isMap(change)) return change;
  const result: Record<string, unknown> = { ...value };
  for (const [key, part] of Object.entries(change)) {
    if (part === null) delete result[key];
    else result[key] = merged(result[key], part);
  }
  return result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown): unknown {
  return isMap(value) ? value : {};
}

function json(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch {
    return null;
  }
}
