import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { deriveNetwork, parseCluster } from '../../cluster/index.ts';
import { checkGroups } from '../../cluster/types/verify.ts';
import { type Check, type VerifyPlan, verifyPlan } from '../../kubespray/verify/index.ts';
import { pairsOf } from '../../kubespray/verify/pairs.ts';
import { assertGolden } from '../support/golden.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';
import { specs } from './arbitrary.ts';

const groupOf = ({ id }: Check) => id.split('/')[0] ?? '';
const ofGroup = ({ checks }: VerifyPlan, group: string) => checks.filter((check) => groupOf(check) === group);
const planOf = (change: object = {}) => verifyPlan(clusterOf(edited(stackCluster('dev'), change)));
const parsing = specs.filter((spec) => parseCluster(spec).ok);

describe('what a verification does', () => {
  for (const stack of stacks) {
    it(`is derived from the stack ${stack}`, () => {
      const plan = verifyPlan(clusterOf(stackCluster(stack)));
      assertGolden(join(import.meta.dirname, `verify/${stack}.txt`), textOf(plan));
    });
  }

  it('has a sentence, an expectation and a limit within the whole for every check, each under a name of its own', () => {
    fc.assert(
      fc.property(parsing, fc.integer({ min: 10, max: 3600 }), (spec, seconds) => {
        const cluster = clusterOf({ ...spec, verify: { seconds } });
        const plan = verifyPlan(cluster);
        const known = new Set<string>(checkGroups);
        for (const check of plan.checks) {
          assert.match(check.sentence, /^\S.*\.$/, check.id);
          assert.doesNotMatch(`${check.sentence} ${check.expected}`, /undefined|null|NaN|\[object/, check.id);
          assert.notEqual(check.expected, '', check.id);
          assert.ok(check.seconds > 0 && check.seconds <= plan.seconds, `${check.id} ${check.seconds}`);
          assert.ok(known.has(groupOf(check)), check.id);
        }
        assert.equal(new Set(plan.checks.map(({ id }) => id)).size, plan.checks.length);
      }),
      { numRuns: 60 },
    );
  });

  it('tries each of N(N-1)/2 pairs of nodes once, in each family', () => {
    fc.assert(
      fc.property(parsing, (spec) => {
        const cluster = clusterOf(spec);
        const plan = verifyPlan(cluster);
        const n = plan.nodes.length;
        const families = cluster.network.ipv6 === undefined ? 1 : 2;
        assert.equal(ofGroup(plan, 'pods-across-nodes').length, (families * n * (n - 1)) / 2);
      }),
      { numRuns: 60 },
    );
  });

  it('expects no BGP session where the backend runs none, and a mesh where that is declared', () => {
    fc.assert(
      fc.property(parsing, (spec) => {
        const cluster = clusterOf(spec);
        const plan = verifyPlan(cluster);
        const sessions = ofGroup(plan, 'bgp-sessions').map(({ with: { mesh, peers } }) => [
          mesh === true,
          (peers as []).length,
        ]);
        const { backend } = deriveNetwork(cluster);
        const { topology } = cluster.network.bgp;
        assert.ok(sessions.length >= plan.nodes.length);
        for (const [mesh, peers] of sessions) {
          assert.equal(mesh, backend === 'bird' && topology === 'full-mesh');
          if (backend !== 'bird') assert.equal(peers, 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('sends exactly as much as a pod of the cluster may', () => {
    fc.assert(
      fc.property(parsing, (spec) => {
        const cluster = clusterOf(spec);
        const { mtu } = deriveNetwork(cluster);
        const { checks } = verifyPlan(cluster);
        const sized = checks.filter((check) => 'size' in check.with);
        assert.ok(sized.length > 0);
        for (const check of sized) {
          assert.equal(check.with.size, mtu);
          assert.ok(check.sentence.includes(`${mtu} bytes`), check.sentence);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names in its checks only nodes that it has', () => {
    fc.assert(
      fc.property(parsing, (spec) => {
        const plan = verifyPlan(clusterOf(spec));
        const known = new Set(plan.nodes.map(({ name }) => name));
        for (const { id, with: needs } of plan.checks) {
          const named = ['node', 'nodes', 'others', 'from', 'to'].flatMap((key) => (needs[key] ?? []) as string[]);
          assert.deepEqual(
            [...new Set(named)].filter((name) => !known.has(name)),
            [],
            id,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has no check of pods on a host that runs etcd alone', () => {
    const nodes = { ...(stackCluster('dev').nodes as object), etcd1: { address: '192.168.4.70', roles: ['etcd'] } };
    const masternode = { address: '192.168.4.63', roles: ['control-plane', 'worker'] };
    const plan = planOf({ nodes: { ...nodes, masternode }, kubespray: { order: ['masternode', 'etcd1'] } });
    assert.deepEqual(plan.nodes.map(({ name }) => name).sort(), ['homelab', 'masternode', 'storagenodet3500']);
    assert.doesNotMatch(JSON.stringify(plan), /etcd1/);
  });

  it('requires what the stack does not call optional', () => {
    const plan = planOf({ verify: { optional: ['outside', 'pods-across-nodes/homelab'] } });
    const optional = plan.checks.filter(({ required }) => !required).map(({ id }) => id);
    assert.deepEqual(optional, [
      'pods-across-nodes/masternode+homelab',
      'pods-across-nodes/homelab+storagenodet3500',
      'outside/masternode',
      'outside/homelab',
      'outside/storagenodet3500',
    ]);
  });

  it('reaches what the stack says is outside, by an echo or on a port', () => {
    const plan = planOf({ verify: { outside: ['203.0.113.7', '203.0.113.7:443'] } });
    const outside = ofGroup(plan, 'outside-address');
    assert.deepEqual(
      outside.map(({ id, with: { address, port } }) => [id, address, port]),
      [
        ['outside-address/203.0.113.7', '203.0.113.7', undefined],
        ['outside-address/203.0.113.7:443', '203.0.113.7', 443],
      ],
    );
  });

  it('does not try policies where the stack has them off', () => {
    assert.equal(ofGroup(planOf(), 'policy-enforced').length, 1);
    const off = { networkPolicy: false };
    assert.equal(ofGroup(planOf({ calico: off }), 'policy-enforced').length, 0);
    const parts = ofGroup(planOf({ calico: off }), 'components-ready').map(({ id }) => id);
    assert.ok(!parts.includes('components-ready/calico-kube-controllers'), parts.join());
  });

  it('sees the pod itself as the sender where there is no NAT', () => {
    const pool = { cidr: '10.244.0.0/16', natOutgoing: false };
    const network = { ...(stackCluster('dev').network as object), pool };
    const [check] = ofGroup(planOf({ network }), 'outside');
    assert.equal(check?.with.snat, false);
    assert.match(check?.expected ?? '', /pod's address/);
  });

  describe('takes an image that every node has', () => {
    const imageWith = (change: object) => planOf(change).image;
    it('the pause image of the release', () => assert.equal(imageWith({}), 'registry.k8s.io/pause:3.10.1'));
    it('that of an older Kubernetes', () =>
      assert.equal(imageWith({ kubernetes: { version: '1.33.8' } }), 'registry.k8s.io/pause:3.10'));
    it('from where the extra variables have images taken', () =>
      assert.equal(
        imageWith({ kubespray: { extraVariables: { kube_image_repo: 'registry.example.com/k8s' } } }),
        'registry.example.com/k8s/pause:3.10.1',
      ));
    it('or the one that the stack says', () =>
      assert.equal(imageWith({ verify: { image: 'registry.example.com/own:1' } }), 'registry.example.com/own:1'));
  });
});

describe('pairs of nodes', () => {
  it('are all up to a hundred nodes, each once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (n) => {
        const { pairs, sampled } = pairsOf(Array.from({ length: n }, (_, i) => i));
        assert.equal(sampled, false);
        assert.equal(new Set(pairs.map(String)).size, Math.max(0, n * (n - 1)) / 2);
        assert.ok(pairs.every(([a, b]) => a < b));
      }),
    );
  });

  it('are a sample of more, with every node in two at the least, and as many as nodes allow', () => {
    fc.assert(
      fc.property(fc.integer({ min: 101, max: 2000 }), (n) => {
        const { pairs, sampled } = pairsOf(Array.from({ length: n }, (_, i) => i));
        assert.equal(sampled, true);
        assert.equal(new Set(pairs.map(String)).size, pairs.length);
        assert.ok(pairs.length <= 2 * n);
        const times = new Map<number, number>();
        for (const one of pairs.flat()) times.set(one, (times.get(one) ?? 0) + 1);
        assert.ok([...Array(n).keys()].every((i) => (times.get(i) ?? 0) >= 2));
      }),
      { numRuns: 30 },
    );
  });

  it('are said to be a sample in the sentence', () => {
    const many = Array.from({ length: 120 }, (_, i) => [
      `n${i}`,
      { address: `192.168.4.${i + 64}`, roles: ['worker'] },
    ]);
    const plan = planOf({ nodes: { ...(stackCluster('dev').nodes as object), ...Object.fromEntries(many.slice(1)) } });
    const across = ofGroup(plan, 'pods-across-nodes');
    const n = plan.nodes.length;
    assert.ok(across.length <= 2 * n, String(across.length));
    for (const { sentence } of across)
      assert.ok(sentence.includes(`one of ${across.length} pairs out of ${(n * (n - 1)) / 2}`), sentence);
  });
});

/** A plan as a reader has it: each check with what it is to see and what it needs. */
function textOf({ checks, nodes, ...plan }: VerifyPlan): string {
  const lines = checks.flatMap(({ id, sentence, kind, with: needs, expected, required, seconds }) => [
    `${id}${required ? '' : ' (optional)'}: ${sentence}`,
    `    ${expected}, within ${seconds} s; ${kind} ${JSON.stringify(needs)}`,
  ]);
  const names = nodes.map(({ name, address, roles }) => `${name} ${address} ${roles.join(',')}`);
  return `${[JSON.stringify(plan), ...names, '', ...lines].join('\n')}\n`;
}
