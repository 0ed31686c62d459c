import assert from 'node:assert/strict';
import { type Matrix, matrixOf, type Query, type Question, type Resource, World } from '../../reachability/index.ts';
import { calicoWorlds } from '../conformance/recorded.ts';

/** Pairs of pods of which the matrix says something else than the answer to their own query. */
function unlike(world: World, question: Question, { classes, verdict }: Matrix): Query[] {
  const placed = classes.flatMap((members, at) => members.map(({ endpoint }) => ({ id: endpoint.id, at })));
  const pairs = placed.flatMap((src) => placed.filter((dst) => dst !== src).map((dst) => ({ src, dst })));
  return pairs.flatMap(({ src, dst }) => {
    const query = { ...question, src: src.id, dst: dst.id };
    const answer = world.ask(query);
    return answer.ok && answer.verdict.verdict === verdict(src.at, dst.at) ? [] : [query];
  });
}

describe('a matrix', () => {
  it('says of every pair of pods what is answered when it is asked alone', () => {
    let [classes, pods] = [0, 0];
    for (const { name, resources } of calicoWorlds().slice(0, 40)) {
      const world = new World(resources);
      for (const question of [
        { proto: 'tcp', port: 8080, srcPort: 40000 },
        { proto: 'udp', port: 53, srcPort: 1234 },
        { proto: 'icmp', icmpType: 8, icmpCode: 0 },
        { proto: 'tcp' },
      ]) {
        const matrix = matrixOf(world, question) as Matrix;
        classes += matrix.classes.length;
        pods += matrix.classes.flat().length;
        assert.deepEqual(unlike(world, question, matrix), [], name);
      }
    }
    assert.ok(classes < pods, `${pods} pods make ${classes} classes`);
  });

  it('takes pods together that no rule tells apart', () => {
    const pod = (i: number): Resource => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${i}`, namespace: 'n', labels: { app: i % 2 === 0 ? 'a' : 'b', id: String(i) } },
      status: { podIP: `10.0.0.${i + 1}` },
    });
    const policy: Resource = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'n' },
      spec: {
        podSelector: { matchLabels: { app: 'a' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'b' } } }] }],
      },
    };
    const matrix = matrixOf(new World([policy, ...[0, 1, 2, 3, 4, 5].map(pod)]), { port: 80 });
    assert.deepEqual(
      matrix?.classes.map((members) => members.map(({ endpoint }) => endpoint.id)),
      [
        ['n/p0', 'n/p2', 'n/p4'],
        ['n/p1', 'n/p3', 'n/p5'],
      ],
    );
    assert.deepEqual(
      [0, 1].map((i) => [0, 1].map((j) => matrix?.verdict(i, j))),
      [
        ['deny', 'allow'],
        ['allow', 'allow'],
      ],
    );
  });

  it('is none of what is no protocol', () => assert.equal(matrixOf(new World([]), { proto: 'tpc' }), undefined));
});
