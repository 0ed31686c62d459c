import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Cluster, parseCluster } from '../../cluster/index.ts';
import { canonical, digestOf, sha256 } from '../../kubespray/plan/digest.ts';
import {
  type Change,
  desiredOf,
  type Facts,
  factsOf,
  planLines,
  planOf,
  readFacts,
} from '../../kubespray/plan/index.ts';
import { change as rules } from '../../policies/rules/change/index.ts';
import { complete } from '../../policies/rules/index.ts';
import { clusterOf } from '../support/stacks.ts';
import { specs } from './arbitrary.ts';

type Spec = Record<string, unknown>;

/** Stack files are slow to make, and any two of them are a pair. */
const some: readonly Spec[] = fc.sample(specs, 120).filter((spec) => parseCluster(spec).ok);
const pool = fc.constantFrom(...some);

function parsed(spec: Spec): Cluster {
  const result = parseCluster({ ...spec, name: 'same' });
  fc.pre(result.ok);
  return result.cluster;
}

/** A cluster and what it becomes: some sections of another one, or all of them. */
const pairs = fc
  .record({
    before: pool,
    other: pool,
    sections: fc.oneof(
      fc.constant(['kubespray', 'nodes']),
      fc.subarray(['kubernetes', 'network', 'calico', 'felix', 'nodes']),
    ),
    version: fc.constantFrom('v2.31.0', 'v2.31.0', 'v2.30.0', 'v2.28.1'),
  })
  .map(({ before, other, sections, version }) => {
    const taken = (sections as string[]).map((name) => [name, other[name]]);
    const after: Spec = { ...before, ...Object.fromEntries(taken) };
    return { before, after: { ...after, kubespray: { ...(after.kubespray as object), version } } };
  });

const source = (cluster: Cluster) => `of ${cluster.kubespray.version}`;
const facts = (cluster: Cluster): Facts => factsOf(cluster, source(cluster));

function refused(change: Change): string[] {
  const subject = complete({ change });
  return rules
    .filter((rule) => rule.class === 'refused')
    .flatMap((rule) => rule.judge(subject).map(({ code }) => code));
}

describe('a plan', () => {
  it('is empty between a cluster and itself, as the controller wrote it down', () => {
    fc.assert(
      fc.property(pool, (spec) => {
        const of = facts(parsed(spec));
        const read = readFacts(JSON.stringify(of));
        assert.deepEqual(read, of);
        assert.deepEqual(planOf(read, of), { first: false, differences: [], steps: [] });
        assert.deepEqual(planLines(planOf(read, of)), []);
      }),
      { numRuns: 100 },
    );
  });

  it('has nothing of how a host is reached, of the order beyond the first, or of who runs it', () => {
    fc.assert(
      fc.property(pool, fc.boolean(), (spec, last) => {
        const nodes = Object.entries(spec.nodes as Record<string, object>).reverse();
        const reached = nodes.map(([name, node]) => [
          name,
          { ...node, ssh: { user: 'other', port: 2022, hostKey: 'accept-new' } },
        ]);
        const { order = [], ...kubespray } = (spec.kubespray ?? {}) as { order?: string[] };
        const [first, ...rest] = order;
        const changed = {
          ...spec,
          ssh: { user: 'root', key: '~/.ssh/other' },
          nodes: Object.fromEntries(reached),
          kubespray: {
            ...kubespray,
            ...(first === undefined ? {} : { order: [first, ...rest.reverse()] }),
            controller: nodes[last ? 0 : nodes.length - 1]?.[0],
            runs: { limitMinutes: 7, keep: 3 },
            removeDead: ['never-was'],
          },
        };
        const [one, two] = [facts(parsed(spec)), facts(parsed(changed))];
        assert.equal(JSON.stringify(two), JSON.stringify(one));
      }),
      { numRuns: 100 },
    );
  });

  it('carries out every difference, or a rule refuses it; and never goes to a host that it does not join', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(pairs, fc.boolean(), ({ before, after }, migrates) => {
        const [applied, cluster] = [facts(parsed(before)), parsed(after)];
        const desired = facts(cluster);
        const from = parsed(before).network.encapsulation;
        const removeDead = Object.keys(applied.hosts).filter(
          (name) => name.endsWith('2') && desired.hosts[name] === undefined,
        );
        const more = { removeDead, ...(migrates ? { migrate: { encapsulation: { from } } } : {}) };
        const plan = planOf(applied, desired, more);
        const stuck = plan.differences.filter(({ step }) => step === undefined);
        if (stuck.length > 0) {
          assert.notDeepEqual(refused({ applied, desired, ...more }), [], JSON.stringify(stuck));
          assert.deepEqual(plan.steps, []);
        } else {
          const kinds = new Set(plan.steps.map(({ kind }) => kind));
          for (const { step, path } of plan.differences) assert.ok(step !== undefined && kinds.has(step), path);
        }
        for (const { kind, hosts, calls, effects, reason } of plan.steps) {
          seen.add(kind);
          assert.ok(calls.length > 0 && reason.endsWith('.'), kind);
          for (const effect of effects) assert.ok(effect.length > 0);
          const joins = kind.startsWith('join');
          assert.ok(
            joins || hosts.every((name) => applied.hosts[name] !== undefined),
            `${kind} goes to a host that has not joined`,
          );
          assert.ok(joins || calls.every(({ sees }) => sees === 'members'), `${kind} sees hosts that have not joined`);
        }
        assert.equal(planLines(plan).length > 0, plan.differences.length > 0);
      }),
      { numRuns: 300 },
    );
    assert.ok(seen.size >= 6, [...seen].join(' '));
  });

  it('of 500 nodes has one run for all that join, and one for each that leaves', () => {
    const spec = (from: number, to: number) =>
      clusterOf({
        apiVersion: 'calispray/v1',
        name: 'same',
        ssh: { hostKey: 'accept-new' },
        nodes: {
          control: { address: '10.0.0.1', roles: ['control-plane', 'etcd'] },
          ...Object.fromEntries(
            Array.from({ length: to - from }, (_, i) => [
              `worker-${from + i}`,
              { address: `10.0.${1 + ((from + i) >> 8)}.${(from + i) & 255}`, roles: ['worker'] },
            ]),
          ),
        },
        network: {
          nodes: '10.0.0.0/16',
          pods: '10.244.0.0/14',
          encapsulation: 'none',
          bgp: { topology: 'routers', peers: [{ address: '10.0.0.254', as: 64700, filters: ['some'] }] },
        },
      });
    const [before, after] = [spec(0, 400), spec(10, 510)];
    const plan = planOf(facts(before), facts(after));
    const kinds = plan.steps.map(({ kind }) => kind);
    assert.deepEqual([kinds[0], kinds.filter((kind) => kind === 'remove').length], ['join', 10]);
    assert.equal(plan.steps[0]?.hosts.length, 110);
    // The peers of hosts that leave go as well, those of new ones come with them.
    assert.deepEqual([kinds.length, kinds.filter((kind) => kind === 'unpeer').length], [21, 10]);
    assert.ok(planLines(plan).every((line) => line.length < 400));
    assert.equal(desiredOf(after, 'kubespray-1', 'one').runs.forks, 50);
  });
});

describe('a digest', () => {
  it('is that of FIPS 180-4', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        assert.equal(sha256(text), createHash('sha256').update(text).digest('hex'));
      }),
    );
  });

  it('is that of the value, not of the order of its keys', () => {
    assert.equal(digestOf({ a: 1, b: [{ c: 2, d: 3 }] }), digestOf({ b: [{ d: 3, c: 2 }], a: 1 }));
    assert.notEqual(digestOf({ a: 1 }), digestOf({ a: '1' }));
    assert.match(digestOf('secret'), /^sha256:[0-9a-f]{12}$/);
  });

  it('can be had of what JSON cannot say', () => {
    const ring: unknown[] = [1n];
    ring.push(ring);
    assert.equal(canonical(ring), '["bigint","object"]');
    assert.equal(canonical([undefined, () => 1]), '[null,null]');
  });
});

describe('what the controller wrote down', () => {
  it('is nothing where there is nothing of a cluster', () => {
    for (const text of ['', '{}', 'null', '[]', 'no JSON', '{"cluster": 7}']) assert.equal(readFacts(text), undefined);
  });

  it('is empty in what is missing, and never throws', () => {
    const empty = {
      release: { version: '', kubernetes: '', source: '' },
      settings: {},
      calico: {},
      hosts: {},
      peers: {},
    };
    assert.deepEqual(readFacts('{"cluster":"a"}'), { cluster: 'a', ...empty, first: { controlPlane: '', etcd: '' } });
    fc.assert(
      fc.property(
        fc.json(),
        fc.dictionary(fc.constantFrom('release', 'hosts', 'peers', 'calico', 'first'), fc.jsonValue()),
        (text, parts) => {
          readFacts(text);
          const facts = readFacts(JSON.stringify({ cluster: 'a', ...parts })) as Facts;
          planLines(planOf(facts, facts));
        },
      ),
    );
  });
});
