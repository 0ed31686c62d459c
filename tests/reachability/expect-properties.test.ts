import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Expectation, ExpectedPorts } from '../../cluster/types.ts';
import { type Actor, type Cast, castOf } from '../../reachability/expect/actors.ts';
import { Apart } from '../../reachability/expect/apart.ts';
import { missesOf } from '../../reachability/expect/connections.ts';
import { actorsAt, emptiness, means, portsOf, together } from '../../reachability/expect/ends.ts';
import { judgeExpectations, type Mend, portRanges, type Resource } from '../../reachability/index.ts';
import { flowOf, protocolOf } from '../../reachability/world/world.ts';
import { anyWorld, resourcesOf } from './any-world.ts';
import { anyExpectations } from './expectations.ts';
import { kubernetes, namespace, pod } from './worlds.ts';

/** Ports at which a rule of any world may begin or end, and some between. */
function asked(cast: Cast, expectation: Expectation): ExpectedPorts[] {
  const numbers = new Set(portRanges(cast.world).flatMap(({ first, last }) => [first, last]));
  for (const port of [1, 49, 50, 53, 54, 55, 79, 80, 81, 100, 101, 8080, 9000, 9001, 65535]) numbers.add(port);
  return portsOf(expectation).flatMap((wanted): ExpectedPorts[] =>
    'first' in wanted
      ? [...numbers]
          .filter((port) => wanted.first <= port && port <= wanted.last)
          .map((port) => ({ ...wanted, first: port, last: port }))
      : [wanted],
  );
}

function covered(ports: ExpectedPorts, by: readonly ExpectedPorts[]): boolean {
  return by.some(
    (one) =>
      one.proto === ports.proto &&
      (!('first' in one) || !('first' in ports) || (one.first <= ports.first && ports.last <= one.last)),
  );
}

/** Whether the connection is one that the expectation speaks of, and is not as it wants. */
function failsAlone(
  cast: Cast,
  e: Expectation,
  all: readonly Expectation[],
  src: Actor,
  dst: Actor,
  ports: ExpectedPorts,
): boolean {
  const [from, to] = [src.place.address?.family, dst.place.address?.family];
  if (!together(e, src, dst) || (from !== undefined && to !== undefined && from !== to)) return false;
  const allowed = (one: Expectation) =>
    one.verdict === 'allow' &&
    ![one.from.kind, one.to.kind].includes('own-node') &&
    means(one.from, src) &&
    means(one.to, dst) &&
    together(one, src, dst) &&
    covered(ports, portsOf(one));
  if (e.from.kind === 'others' && all.some(allowed)) return false;
  const query = {
    src: '',
    dst: '',
    proto: ports.proto,
    ...('first' in ports && { port: ports.first, ...(e.verdict === 'allow' && { srcPort: 40000 }) }),
  };
  const onNode = ({ party, node: known }: Actor, node: string) =>
    party.located?.endpoint.kind === 'pod' && known === ''
      ? { ...party, located: { ...party.located, endpoint: { ...party.located.endpoint, node } } }
      : party;
  const flow = flowOf(query, protocolOf(query) as number, { src: src.place, dst: dst.place });
  const a = e.to.kind === 'own-node' ? onNode(src, dst.node) : src.party;
  const b = e.from.kind === 'own-node' ? onNode(dst, src.node) : dst.party;
  return cast.world.decide(a, b, flow).verdict !== e.verdict;
}

function applied(resources: readonly Resource[], { does, object, and }: Mend): Resource[] {
  const same = (one: Resource) =>
    one.kind === object.kind &&
    one.apiVersion === object.apiVersion &&
    one.metadata.name === object.metadata.name &&
    one.metadata.namespace === object.metadata.namespace;
  const left = resources.filter((one) => !same(one));
  const now = does === 'remove' ? left : [...left, object];
  return and === undefined ? now : applied(now, and);
}

describe('expectations', () => {
  it('are judged by classes of ends and ranges of ports as they are by every pair and port alone', () => {
    let failing = 0;
    fc.assert(
      fc.property(anyWorld(true), anyExpectations, (drawn, all) => {
        const cast = castOf(resourcesOf(drawn), all, {});
        const apart = new Apart(cast, all);
        for (const e of all) {
          if (emptiness(cast, e) !== undefined) continue;
          const misses = missesOf(apart, e);
          const sources = actorsAt(cast, e.from, e.verdict, true);
          const targets = actorsAt(cast, e.to, e.verdict, false);
          const pairs = new Set<string>();
          for (const ports of asked(cast, e)) {
            let alone = 0;
            for (const [i, src] of sources.entries()) {
              for (const [j, dst] of targets.entries()) {
                if (!failsAlone(cast, e, all, src, dst, ports)) continue;
                alone += 1;
                pairs.add(`${i} ${j}`);
              }
            }
            const together = misses
              .filter((miss) => covered(ports, miss.ports))
              .reduce((sum, miss) => sum + miss.pairs, 0);
            assert.equal(together, alone, `${e.path} ${JSON.stringify(ports)}`);
          }
          assert.equal(
            misses.reduce((sum, miss) => sum + miss.pairs, 0),
            pairs.size,
          );
          failing += pairs.size;
        }
      }),
      { numRuns: 40 },
    );
    assert.ok(failing > 1000, `${failing} pairs were not as expected`);
  });

  it('without a policy are all met where they allow, and between pods none where they deny', () => {
    fc.assert(
      fc.property(anyWorld(), anyExpectations, (drawn, all) => {
        const resources = [...drawn.others, ...drawn.pods].filter(({ kind }) => kind !== 'HostEndpoint');
        const failed = new Map(
          judgeExpectations(resources, all, { mend: false }).map((one) => [one.expectation.path, one]),
        );
        for (const e of all) {
          const failure = failed.get(e.path);
          if (e.verdict === 'allow') assert.equal(failure?.connection, undefined, failure?.words);
          else if (e.from.kind === 'pods' && e.to.kind === 'pods') {
            assert.ok(failure !== undefined, `${e.path} is not met`);
          }
        }
      }),
    );
  });

  it('hold once the change that is told is made, and those that held go on holding', () => {
    let mended = 0;
    fc.assert(
      fc.property(anyWorld(), anyExpectations, (drawn, all) => {
        const resources = resourcesOf(drawn);
        const failures = judgeExpectations(resources, all);
        const failed = new Set(failures.map(({ expectation }) => expectation.path));
        for (const { expectation, mend } of failures) {
          if (mend === undefined) continue;
          mended += 1;
          const after = judgeExpectations(applied(resources, mend), all, { mend: false });
          for (const { expectation: still } of after) {
            assert.notEqual(still.path, expectation.path, mend.summary);
            assert.ok(failed.has(still.path), `${mend.summary} breaks ${still.path}`);
          }
        }
      }),
      { numRuns: 100 },
    );
    assert.ok(mended > 20, `${mended} were mended`);
  });

  it('deny to every pod that there could be: as if one of each kind had been started', () => {
    const labels: Record<string, string>[] = [
      {},
      { app: 'a' },
      { app: 'b' },
      { role: 'x' },
      { app: 'a', role: 'x' },
      { app: 'b', role: 'x' },
    ];
    const spaces = [namespace('n', { team: 'red' }), namespace('m', { team: 'blue' })];
    const further = [namespace('q'), namespace('g', { team: 'green' })];
    const everybody = [...spaces, ...further].flatMap(({ metadata: { name } }) =>
      labels.map((own, i) => pod(`${name}/p${i}`, own, { spec: { containers: [] } })),
    );
    const chosen = fc.constantFrom<Record<string, string>>({}, { app: 'a' }, { role: 'x' }, { app: 'b', role: 'x' });
    const selector = chosen.map((matchLabels) => ({ matchLabels }));
    const team = fc.constantFrom({}, { matchLabels: { team: 'red' } }, { matchLabels: { team: 'green' } });
    const peer = fc.oneof(
      selector.map((podSelector) => ({ podSelector })),
      fc.tuple(selector, team).map(([podSelector, namespaceSelector]) => ({ podSelector, namespaceSelector })),
    );
    const rule = (peers: string) => fc.record({ [peers]: fc.array(peer, { minLength: 1, maxLength: 2 }) });
    const spec = fc.record({
      podSelector: selector,
      policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
      ingress: fc.array(rule('from'), { maxLength: 2 }),
      egress: fc.array(rule('to'), { maxLength: 2 }),
    });
    const end = fc.record(
      { kind: fc.constant('pods' as const), namespace: fc.constantFrom('n', 'm'), pods: chosen },
      { requiredKeys: ['kind'] },
    );
    let [met, missed] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('n', 'm'), spec), { maxLength: 5 }),
        end,
        end,
        (policies, from, to) => {
          const closed = ['n', 'm'].map((ns) =>
            kubernetes(`${ns}/closed`, { podSelector: {}, policyTypes: ['Ingress'] }),
          );
          const written = [...closed, ...policies.map(([ns, own], i) => kubernetes(`${ns}/p${i}`, own))];
          const e: Expectation = {
            verdict: 'deny',
            from,
            to,
            ports: [{ proto: 'tcp', first: 80, last: 80 }],
            path: 'expect[0]',
          };
          const options = { mend: false };
          const few = judgeExpectations([...spaces, ...written], [e], options).length;
          const many = judgeExpectations([...spaces, ...further, ...everybody, ...written], [e], options).length;
          assert.equal(few, many);
          if (few === 0) met += 1;
          else missed += 1;
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(met > 20 && missed > 20, `${met} are met, ${missed} are not`);
  });
});
