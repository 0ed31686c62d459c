import assert from 'node:assert/strict';
import fc from 'fast-check';
import { differences, matrixOf, World } from '../../reachability/index.ts';
import { anyChange, anyQuestion, anyWorld, resourcesOf } from './any-world.ts';
import { plainDifferences, verdictsOf } from './plain.ts';

describe('the engine by classes', () => {
  for (const withHosts of [false, true]) {
    it(`says what it says pair by pair${withHosts ? ', with hosts on the way' : ''}`, () => {
      fc.assert(
        fc.property(anyWorld(withHosts), anyQuestion, (drawn, question) => {
          const world = new World(resourcesOf(drawn));
          const matrix = matrixOf(world, question);
          assert.ok(matrix);
          const at = new Map(
            matrix.classes.flatMap((members, i) => members.map(({ endpoint }) => [endpoint.id, i] as const)),
          );
          for (const [pair, verdict] of verdictsOf(world, question)) {
            const [src = '', dst = ''] = pair.split(' ');
            assert.equal(matrix.verdict(at.get(src) as number, at.get(dst) as number), verdict, pair);
          }
        }),
        { numRuns: 300 },
      );
    });

    it(`finds the changes that asking every pair of both worlds finds${withHosts ? ', with hosts on the way' : ''}`, () => {
      fc.assert(
        fc.property(
          anyChange(withHosts),
          fc.uniqueArray(anyQuestion, { minLength: 1, maxLength: 2 }),
          ([was, is], questions) => {
            const [before, after] = [new World(resourcesOf(was)), new World(resourcesOf(is))];
            assert.deepEqual(differences(before, after, questions), plainDifferences(before, after, questions));
          },
        ),
        { numRuns: 500 },
      );
    });
  }

  it('finds no difference between a world and itself, in whatever order it is written', () => {
    fc.assert(
      fc.property(anyWorld(), anyQuestion, (drawn, question) => {
        const resources = resourcesOf(drawn);
        assert.deepEqual(differences(new World(resources), new World(resources.toReversed()), [question]), []);
      }),
    );
  });
});

describe('any world', () => {
  it('without policies lets everything through that can meet', () => {
    fc.assert(
      fc.property(anyWorld(true), anyQuestion, (drawn, question) => {
        const world = new World(resourcesOf({ ...drawn, policies: [] }));
        for (const src of world.universe.located.keys()) {
          for (const dst of world.universe.located.keys()) {
            if (src.startsWith('hostendpoint/') || dst.startsWith('hostendpoint/')) continue;
            const answer = world.ask({ ...question, src, dst });
            if (answer.ok) assert.equal(answer.verdict.verdict, 'allow');
            else assert.match(answer.error, /one family/);
          }
        }
      }),
    );
  });

  it('answers with a verdict that its halves and its way explain', () => {
    fc.assert(
      fc.property(anyWorld(true), anyQuestion, (drawn, question) => {
        const world = new World(resourcesOf(drawn));
        const ends = [...world.universe.located.keys(), '8.8.8.8', 'node/one'];
        for (const src of ends) {
          for (const dst of ends) {
            const answer = world.ask({ ...question, src, dst });
            if (!answer.ok) continue;
            const { verdict, egress, ingress, way = [] } = answer.verdict;
            const sides = [egress, ingress, ...way.map(({ side }) => side)];
            for (const { verdict: half, trace, on } of sides) {
              if (half === 'unpoliced') assert.deepEqual(trace, []);
              else if (half === 'depends') assert.ok((on?.length ?? 0) > 0);
              else assert.equal(trace.at(-1)?.action, half);
              assert.ok(trace.slice(0, -1).every(({ action }) => action === 'pass'));
            }
            const said = new Set(sides.map((side) => side.verdict));
            assert.equal(verdict, said.has('deny') ? 'deny' : said.has('depends') ? 'depends' : 'allow');
          }
        }
      }),
    );
  });

  it('answers the same in whatever order its documents stand', () => {
    fc.assert(
      fc.property(anyWorld(true), anyQuestion, fc.infiniteStream(fc.nat()), (drawn, question, numbers) => {
        const resources = resourcesOf(drawn);
        const shuffled = resources
          .map((one) => ({ one, at: numbers.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        assert.deepEqual(
          verdictsOf(new World(shuffled), question),
          sorted(verdictsOf(new World(resources), question), shuffled),
        );
      }),
    );
  });
});

/** The same pairs, in the order of the pods among the resources. */
function sorted<T>(
  verdicts: ReadonlyMap<string, T>,
  resources: readonly { kind: string; metadata: { name: string; namespace?: string } }[],
) {
  const pods = resources
    .filter(({ kind }) => kind === 'Pod')
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const pairs = pods.flatMap((src) => pods.filter((dst) => dst !== src).map((dst) => `${src} ${dst}`));
  return new Map(pairs.map((pair) => [pair, verdicts.get(pair)]));
}
