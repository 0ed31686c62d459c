import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Migrate } from '../../cluster/index.ts';
import { FIXED } from '../../kubespray/plan/fixed.ts';
import { how, joinsOf, planOf } from '../../kubespray/plan/index.ts';
import type { Desired, Facts, HostFact, PeerFact, Step, StepKind } from '../../kubespray/plan/types.ts';

/** What a declared migration changes. */
const MIGRATES = ['calico_ipip_mode', 'calico_vxlan_mode'];

const runner = fileURLToPath(new URL('../../components/remote/runner', import.meta.url));

interface Pair {
  readonly applied?: Facts;
  readonly desired: Facts;
  readonly removeDead: readonly string[];
  readonly migrate?: Migrate;
}

/** A step as both sides have it: of a peer that goes, the peer; otherwise the hosts. */
function named({ kind, hosts, peers }: Pick<Step, 'kind' | 'hosts' | 'peers'>): string {
  return `${kind} ${(peers ?? hosts).join(' ')}`;
}

/** Asks decide.py about many pairs at once: the steps of each, and what is left to do when all of them were carried out. */
function decided(pairs: readonly Pair[]): { steps: Step[]; left: unknown[]; refused?: string }[] {
  const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import decide
from store import Refused, same
for line in sys.stdin:
    applied, desired = json.loads(line)
    try:
        steps = decide.plan(applied, desired)
        for step in steps:
            applied = decide.carried_out(step, applied, desired)
        left = [part for part in applied if not same(applied[part], desired["facts"][part])]
        print(json.dumps({"steps": steps, "left": left}))
    except Refused as refused:
        print(json.dumps({"steps": [], "left": [], "refused": str(refused)}))
`;
  const input = pairs.map(({ applied, desired, removeDead, migrate }) => {
    const told: Desired = {
      facts: desired,
      hosts: {},
      folder: 'kubespray-x',
      how,
      joins: joinsOf(desired),
      fixed: migrate === undefined ? { ...FIXED, calico: [...FIXED.calico, ...MIGRATES] } : FIXED,
      migrates: migrate === undefined ? [] : MIGRATES,
      removeDead,
      runs: { limitSeconds: 60, keep: 20, forks: 5 },
    };
    return JSON.stringify([applied ?? null, told]);
  });
  const done = spawnSync('python3', ['-c', script, runner], {
    input: input.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const groups = fc.constantFrom(
  ['kube_node'],
  ['calico_rr', 'kube_node'],
  ['kube_control_plane', 'kube_node'],
  ['etcd', 'kube_control_plane', 'kube_node'],
  ['etcd'],
);
const host: fc.Arbitrary<HostFact> = fc.record({
  address: fc.constant('10.0.0.1'),
  groups,
  settings: fc.constantFrom({}, { node_labels: { a: 'b' } }),
  calico: fc.constantFrom({}, { local_as: '64513' }),
});
const first: HostFact = {
  address: '10.0.0.1',
  groups: ['etcd', 'kube_control_plane', 'kube_node'],
  settings: {},
  calico: {},
};
const facts: fc.Arbitrary<Facts> = fc
  .record({
    release: fc.record({
      version: fc.constantFrom('v2.31.0', 'v2.31.0', 'v2.31.0', 'v2.30.0'),
      kubernetes: fc.constant('1.35.4'),
      source: fc.constantFrom('one', 'one', 'two'),
    }),
    settings: fc.constantFrom({}, {}, { upstream_dns_servers: ['1.1.1.1'] }, { kube_pods_subnet: '10.0.0.0/8' }),
    calico: fc.record({
      calico_pool_name: fc.constant('default-pool'),
      calico_mtu: fc.constantFrom(1440, 1440, 1400),
      calico_ipip_mode: fc.constantFrom('Never', 'Never', 'Always'),
      calico_vxlan_mode: fc.constant('Never'),
      calico_network_backend: fc.constant('bird'),
    }),
    hosts: fc.dictionary(fc.constantFrom('b', 'c', 'd', 'e'), host, { noNullPrototype: true }),
    first: fc.constant({ controlPlane: 'a', etcd: 'a' }),
    named: fc.dictionary(fc.constantFrom('one', 'two', 'three'), fc.nat(), { noNullPrototype: true }),
  })
  .map(({ named, hosts, ...rest }) => {
    const all: Record<string, HostFact> = { a: first, ...hosts };
    const names = Object.keys(all);
    const peer = (number: number): PeerFact =>
      number % 2 === 0
        ? { router_id: '10.0.0.9', as: number }
        : { router_id: '10.0.0.9', node: names[number % names.length] as string };
    const peers = Object.fromEntries(Object.entries(named).map(([name, number]) => [name, peer(number % 8)]));
    return { cluster: 'vm', ...rest, hosts: all, peers };
  });
const pair: fc.Arbitrary<Pair> = fc.record(
  {
    applied: fc.option(facts, { nil: undefined, freq: 20 }),
    desired: facts,
    removeDead: fc.subarray(['b', 'c', 'd']),
    migrate: fc.constantFrom<Migrate>(
      { encapsulation: { from: { kind: 'none' } } },
      { encapsulation: { from: { kind: 'ipip', mode: 'always' } } },
    ),
  },
  { requiredKeys: ['desired', 'removeDead'] },
) as fc.Arbitrary<Pair>;

describe('what the controller decides', () => {
  it('is what the preview says: the same steps in the same order, for the same hosts', () => {
    let compared = 0;
    let refused = 0;
    const kinds = new Set<string>();
    // One Python for all pairs: a property asked one by one would start it a thousand times.
    const pairs = fc.sample(pair, 4000);
    for (const [at, answer] of decided(pairs).entries()) {
      const given = pairs[at] as Pair;
      const { removeDead, migrate } = given;
      const plan = planOf(given.applied, given.desired, { removeDead, ...(migrate === undefined ? {} : { migrate }) });
      const has = (kind: StepKind) => plan.steps.some((step) => step.kind === kind);
      // What no step carries out is refused by a rule, and so is an upgrade with anything else: then nothing of it is to run.
      if (plan.differences.some(({ step }) => step === undefined) || (has('upgrade') && has('migrate'))) {
        refused++;
        continue;
      }
      compared++;
      for (const { kind } of plan.steps) kinds.add(kind);
      const text = JSON.stringify(given);
      assert.equal(answer.refused, undefined, text);
      assert.deepEqual(answer.steps.map(named), plan.steps.map(named), text);
      assert.deepEqual(answer.left, [], text);
    }
    assert.ok(compared > 500 && refused > 100, `${compared} compared, ${refused} refused`);
    assert.ok(kinds.size >= 11, [...kinds].join(' '));
  });

  it('never decides anything where the facts are the same', () => {
    const all = fc.sample(facts, 200);
    for (const { steps } of decided(all.map((desired) => ({ applied: desired, desired, removeDead: [] })))) {
      assert.deepEqual(steps, []);
    }
  });
});
