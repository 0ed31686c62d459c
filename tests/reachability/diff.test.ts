import assert from 'node:assert/strict';
import { differences } from '../../reachability/diff.ts';
import { type Question, type Resource, World } from '../../reachability/index.ts';
import { calicoWorlds } from '../conformance/recorded.ts';
import { calico, kubernetes, namespace, pod } from './worlds.ts';

const http: Question = { proto: 'tcp', port: 80, srcPort: 40000 };

/** Every pair that is another, asked one by one. */
function pairs(before: World, after: World, question: Question): string[] {
  const pods = [...before.universe.located.keys()].filter((id) => after.universe.located.has(id));
  const verdict = (world: World, src: string, dst: string) => {
    const answer = world.ask({ ...question, src, dst });
    return answer.ok ? answer.verdict.verdict : answer.error;
  };
  return pods.flatMap((src) =>
    pods
      .filter((dst) => dst !== src)
      .map((dst) => [src, dst, verdict(before, src, dst), verdict(after, src, dst)])
      .filter(([, , was, is]) => was !== is)
      .map((words) => words.join(' ')),
  );
}

describe('the difference of two worlds', () => {
  it('is nothing of a world and itself', () => {
    for (const { resources } of calicoWorlds().slice(0, 20)) {
      assert.deepEqual(
        differences(new World(resources), new World(resources), [http, { proto: 'udp', port: 53, srcPort: 9 }]),
        [],
      );
    }
  });

  it('is what asking pair by pair finds', () => {
    let changed = 0;
    for (const { name, resources } of calicoWorlds().slice(0, 40)) {
      const policies = resources.filter(({ kind }) => kind.endsWith('NetworkPolicy'));
      const [before, after] = [new World(resources), new World(resources.filter((one) => one !== policies[0]))];
      const found = differences(before, after, [http]) ?? [];
      const told = found.flatMap(({ from, to, before: was, after: is }) =>
        from.flatMap((src) => to.filter((dst) => dst !== src).map((dst) => `${src} ${dst} ${was} ${is}`)),
      );
      assert.equal(new Set(told).size, told.length, `${name}: no pair is told twice`);
      assert.equal(
        found.reduce((sum, { count }) => sum + count, 0),
        told.length,
        name,
      );
      assert.deepEqual(told.sort(), pairs(before, after, http).sort(), name);
      changed += told.length;
    }
    assert.ok(changed > 100, `${changed} connections changed`);
  });

  it('is a line for what a reviewer would say in one', () => {
    const people: Resource[] = [
      namespace('n'),
      ...[1, 2, 3].flatMap((i) => [pod(`n/web${i}`, { app: 'web' }), pod(`n/db${i}`, { app: 'db' })]),
    ];
    const closed = kubernetes('n/closed', { podSelector: {} });
    const opened = calico('n/open', {
      order: 1,
      selector: "app == 'db'",
      ingress: [{ action: 'Allow', source: { selector: "app == 'web'" } }],
    });
    assert.deepEqual(differences(new World([...people, closed]), new World([...people, closed, opened]), [http]), [
      {
        questions: [http],
        before: 'deny',
        after: 'allow',
        from: ['n/web1', 'n/web2', 'n/web3'],
        to: ['n/db1', 'n/db2', 'n/db3'],
        count: 9,
      },
    ]);
  });

  it('leaves out pods that are in one world alone, and is none of what is no protocol', () => {
    const one = [pod('n/a'), pod('n/b')];
    const closed = kubernetes('n/closed', { podSelector: {} });
    assert.deepEqual(differences(new World(one), new World([...one, pod('n/c')]), [http]), []);
    assert.equal(differences(new World([...one, closed]), new World(one), [http])?.[0]?.count, 2);
    assert.equal(differences(new World(one), new World(one), [{ proto: 'tpc' }]), undefined);
  });
});
