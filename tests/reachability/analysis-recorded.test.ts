import assert from 'node:assert/strict';
import { Analysis } from '../../reachability/analysis/index.ts';
import { type Direction, type Resource, type Step, stepText, World } from '../../reachability/index.ts';
import { calicoWorlds, kubernetesWorlds, type RecordedWorld } from '../conformance/recorded.ts';

/** What Calico itself decided in many worlds, and what is said of their rules. */
describe('the analysis of recorded worlds', () => {
  it('calls no rule shadowed that Calico ever decided by', () => {
    let shadowed = 0;
    for (const { name, resources, recorded } of calicoWorlds()) {
      const { idle, grounds } = new Analysis(resources);
      const rules = new Set(idle.filter(({ how }) => how === 'shadowed').flatMap(({ unit }) => unit.rules));
      const hits = grounds.flatMap(({ direction, situations }) =>
        situations.flatMap((one) => one.hits.map((hit) => ({ direction, ...hit }))),
      );
      const never = new Set(
        hits.filter(({ rule }) => rules.has(rule)).map(({ direction, step }) => keyOf(direction, step)),
      );
      shadowed += never.size;
      for (const one of recorded) {
        for (const direction of ['egress', 'ingress'] as const)
          for (const step of one[direction]?.trace ?? [])
            assert.ok(!never.has(`${direction} ${step}`), `${name} ${step}`);
      }
    }
    assert.ok(shadowed > 50, `${shadowed} rules are shadowed`);
  });

  it('takes away what is idle without another verdict', () => {
    let idle = 0;
    for (const world of [...calicoWorlds(), ...kubernetesWorlds()]) {
      const before = verdicts(world, world.resources);
      for (const { unit } of new Analysis(world.resources).idle) {
        idle += 1;
        const less = without(world.resources, unit.resource, unit.field);
        assert.deepEqual(verdicts(world, less), before, `${world.name} ${unit.resource.metadata.name} ${unit.field}`);
      }
    }
    assert.ok(idle > 100, `${idle} rules are idle`);
  }).timeout(120_000);
});

function verdicts({ recorded }: RecordedWorld, resources: readonly Resource[]): string[] {
  const world = new World(resources);
  return recorded.map(({ query }) => {
    const answer = world.ask(query);
    return answer.ok ? answer.verdict.verdict : answer.error;
  });
}

/** Without the rule `ingress[0]`, or its peer `ingress[0].from[1]`. */
function without(resources: readonly Resource[], of: Resource, field: string): Resource[] {
  const [rule, peer] = [...field.matchAll(/(\w+)\[(\d+)\]/g)].map(([, key = '', index]) => ({
    key,
    at: Number(index),
  }));
  const copy = structuredClone(of) as Resource & { spec: Record<string, Record<string, unknown[]>[]> };
  const rules = copy.spec[rule?.key ?? ''] ?? [];
  if (peer === undefined) rules.splice(rule?.at ?? 0, 1);
  else rules[rule?.at ?? 0]?.[peer.key]?.splice(peer.at, 1);
  return resources.map((one) => (one === of ? copy : one));
}

function keyOf(direction: Direction, step: Step): string {
  return `${direction} ${stepText(step)}`;
}
