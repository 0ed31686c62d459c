import assert from 'node:assert/strict';
import { matrixOf, type Resource, World } from '../../reachability/index.ts';
import { calicoWorlds } from '../conformance/recorded.ts';

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
        const matrix = matrixOf(world, question);
        assert.ok(matrix);
        classes += matrix.classes.length;
        for (const [i, from] of matrix.classes.entries()) {
          pods += from.length;
          for (const [j, to] of matrix.classes.entries()) {
            for (const src of from) {
              for (const dst of to) {
                if (src === dst) continue;
                const query = { ...question, src: src.endpoint.id, dst: dst.endpoint.id };
                const answer = world.ask(query);
                assert.ok(answer.ok);
                assert.equal(matrix.verdict(i, j), answer.verdict.verdict, `${name}: ${JSON.stringify(query)}`);
              }
            }
          }
        }
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
