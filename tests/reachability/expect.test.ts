import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { expectationOf } from '../../cluster/expect.ts';
import { type Failure, judgeExpectations, type Mend, type Resource } from '../../reachability/index.ts';
import { assertGolden } from '../support/golden.ts';

const folder = fileURLToPath(new URL('expect', import.meta.url));

function told(failures: readonly Failure[]): string {
  if (failures.length === 0) return 'all hold\n';
  return failures.map(lines).join('\n');
}

function lines({ expectation, connection, words, verdict, decidedBy, further, contradicts, mend }: Failure): string {
  const { src, dst, proto, port } = connection ?? {};
  return [
    `${expectation.path} (${expectation.verdict}): ${words}`,
    ...(connection === undefined
      ? []
      : [`  asked: ${src} ${dst} ${proto}${port === undefined ? '' : `/${port}`}: ${verdict?.verdict}`]),
    ...(decidedBy === '' ? [] : [`  ${decidedBy}`]),
    ...(further === '' ? [] : [`  ${further}`]),
    ...(contradicts === undefined ? [] : [`  contradicts ${contradicts}`]),
    ...(mend === undefined ? [] : mendLines(mend)),
    '',
  ].join('\n');
}

function mendLines({ does, summary, object, and }: Mend): string[] {
  const text = stringify(object, { lineWidth: 0 }).trimEnd().split('\n');
  return [`  ${does}: ${summary}`, ...text.map((line) => `    ${line}`), ...(and === undefined ? [] : mendLines(and))];
}

describe('expectations of a small world', () => {
  for (const name of readdirSync(folder).sort()) {
    it(`${name.replaceAll('-', ' ')}: as in answer.txt`, () => {
      const world = parseAllDocuments(readFileSync(join(folder, name, 'world.yaml'), 'utf8'));
      const resources = world.map((document) => document.toJS() as Resource);
      const written = parse(readFileSync(join(folder, name, 'expect.yaml'), 'utf8')) as Parameters<
        typeof expectationOf
      >[0][];
      const failures = judgeExpectations(resources, written.map(expectationOf), { calico: 'v3.31.5' });
      assertGolden(join(folder, name, 'answer.txt'), told(failures));
      assert.ok(failures.length > 0, 'a world in which all hold shows nothing');
    });
  }
});
