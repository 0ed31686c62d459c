import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Evidence, type Report, reportOf } from '../../../kubespray/doctor/index.ts';
import { subjectOf } from '../../../kubespray/doctor/judge.ts';
import { evidenceOf, type Written } from './support/edit.ts';
import { type Healthy, healthy, ways } from './support/healthy.ts';

const clusters: fc.Arbitrary<Healthy> = fc.record({
  way: fc.constantFrom(...ways),
  nodes: fc.integer({ min: 1, max: 9 }),
  interfaceMtu: fc.constantFrom(1400, 1450, 1500, 9000),
  mode: fc.constantFrom<'always' | 'cross-subnet'>('always', 'cross-subnet'),
  pods: fc.integer({ min: 0, max: 5 }),
  lab: fc.boolean(),
});

const bad = globSync(join(import.meta.dirname, 'worlds/*/bad*.json'))
  .sort()
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Written);

/** The same where some nodes are silent, or the API. */
function withSilent(evidence: Evidence, silent: readonly string[], api: boolean): Evidence {
  return {
    ...evidence,
    nodes: Object.fromEntries(
      Object.entries(evidence.nodes).map(([name, node]) => [
        name,
        silent.includes(name) ? { unknown: 'connection refused' } : node,
      ]),
    ),
    paths: evidence.paths.filter(({ from, to }) => !silent.includes(from) && !silent.includes(to)),
    api: api ? evidence.api : { unknown: 'no control-plane node answers' },
  };
}

/** Every symptom is explained or said to be unexplained, and nothing is explained that is none. */
function accounts(evidence: Evidence, { findings, unexplained, ok }: Report): void {
  const symptoms = new Set(subjectOf(evidence).symptoms);
  const explained = new Set(findings.flatMap(({ explains }) => explains));
  assert.deepEqual(
    [...explained].filter((one) => !symptoms.has(one)),
    [],
  );
  assert.deepEqual(
    new Set(unexplained),
    new Set([...symptoms].filter((one) => !explained.has(one))),
    'each is in one of the two',
  );
  assert.equal(ok, findings.length === 0 && symptoms.size === 0);
}

/** Each explains no less of what is left than any that comes after it. */
function isGreedy({ findings }: Report): void {
  const done = new Set<string>();
  const news = (at: number) => findings[at]?.explains.filter((one) => !done.has(one)).length ?? 0;
  for (let at = 0; at < findings.length; at += 1) {
    for (let later = at + 1; later < findings.length; later += 1) assert.ok(news(at) >= news(later));
    for (const one of findings[at]?.explains ?? []) done.add(one);
  }
}

describe('the doctor, whatever it is shown', () => {
  it('finds nothing in healthy clusters of any size and encapsulation', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const { ok, findings, unexplained, unknown } = reportOf(healthy(cluster));
        assert.deepEqual(
          { ok, findings, unexplained, unknown },
          { ok: true, findings: [], unexplained: [], unknown: [] },
        );
      }),
      { numRuns: 40 },
    );
  });

  it('claims nothing of what it could not look at, and says that it could not', () => {
    fc.assert(
      fc.property(clusters, fc.infiniteStream(fc.boolean()), fc.boolean(), (cluster, coins, api) => {
        const whole = healthy(cluster);
        const silent = Object.keys(whole.nodes).filter(() => coins.next().value);
        const evidence = withSilent(whole, silent, api);
        const report = reportOf(evidence);
        assert.deepEqual(report.findings, []);
        accounts(evidence, report);
        assert.equal(report.unknown.length, silent.length + (api ? 0 : 1));
      }),
      { numRuns: 40 },
    );
  });

  it('leaves no symptom out in any of the worlds, nor in two at once, and puts first what explains most', () => {
    fc.assert(
      fc.property(fc.constantFrom(...bad), fc.constantFrom(...bad), (one, other) => {
        for (const edits of [one.edits, [...one.edits, ...other.edits]]) {
          const evidence = made({ base: one.base, edits });
          // The edits of one may take away what the other changes.
          if (evidence === undefined) continue;
          const report = reportOf(evidence);
          if (edits === one.edits) assert.ok(report.findings.length > 0);
          accounts(evidence, report);
          isGreedy(report);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('never throws for what is missing in a broken cluster, and never claims more where less is known', () => {
    fc.assert(
      fc.property(fc.constantFrom(...bad), fc.infiniteStream(fc.boolean()), fc.boolean(), (world, coins, api) => {
        const whole = evidenceOf(world);
        const silent = Object.keys(whole.nodes).filter(() => coins.next().value);
        const evidence = withSilent(whole, silent, api && 'value' in whole.api);
        const report = reportOf(evidence);
        accounts(evidence, report);
        // A finding of a silent node comes from those that answer: API or neighbors.
        for (const { evidence: lines } of report.findings)
          for (const name of silent)
            assert.ok(!lines.some((line) => line.startsWith(`${name}: `) && !/SSH/.test(line)), lines.join('\n'));
      }),
      { numRuns: 100 },
    );
  });
});

function made(written: Written): Evidence | undefined {
  try {
    return evidenceOf(written);
  } catch {
    return undefined;
  }
}
