/** A verification as JUnit has tests: a suite a group of checks, what is not judged as skipped. Pure. */
import { createRequire } from 'node:module';
import type { Verification, Verified } from '../../kubespray/verify/index.ts';
import { plain } from './progress.ts';

// The package is of CommonJS, and its default export is a builder that is shared by all who import it.
const shared = createRequire(import.meta.url)('junit-report-builder') as typeof import('junit-report-builder').default;

/** `at`: when it ended, ISO 8601. An optional check that failed is skipped with what was seen: it fails nothing. */
export function junitOf({ cluster, checks }: Verification, at: string): string {
  const builder = shared.newBuilder().name(`calispray verify ${cluster}`);
  for (const [group, those] of Map.groupBy(checks, ({ id }) => id.split('/')[0] ?? id)) {
    const suite = builder.testSuite().name(group).timestamp(at).time(sum(those));
    for (const { id, sentence, expected, seen, outcome, required, hint, seconds } of those) {
      const one = suite.testCase().className(`${cluster}.${group}`).name(`${id}: ${sentence}`).time(seconds);
      const said = [`expected: ${expected}`, `seen: ${inXml(seen)}`, ...(hint === undefined ? [] : [inXml(hint)])].join(
        '\n',
      );
      one.standardOutput(said);
      if (outcome === 'failed' && required) one.failure(inXml(seen), id).stacktrace(said);
      else if (outcome !== 'passed') one.skipped();
    }
  }
  return builder.build();
}

/** Characters that XML 1.0 has no writing for would make the report unreadable. */
function inXml(text: string): string {
  return plain(text)
    .toWellFormed()
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd');
}

function sum(checks: readonly Verified[]): number {
  return Number(checks.reduce((all, { seconds }) => all + seconds, 0).toFixed(3));
}
