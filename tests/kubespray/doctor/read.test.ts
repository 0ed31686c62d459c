import assert from 'node:assert/strict';
import { UserError } from '../../../cluster/finding.ts';
import { isEvidence, readEvidence, writtenEvidence } from '../../../kubespray/doctor/read.ts';
import { healthy, ways } from './support/healthy.ts';

function refused(text: string): string {
  try {
    readEvidence(text, 'dump.json');
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    const [finding] = error.findings;
    return `${finding?.code}: ${finding?.message}`;
  }
  throw new Error('it was taken');
}

describe('a file of evidence', () => {
  const [way = 'bgp'] = ways;
  const text = writtenEvidence(healthy({ way: way as (typeof ways)[number], lab: false }));

  for (const each of ways) {
    it(`is read as it was written: ${each}`, () => {
      const evidence = healthy({ way: each, lab: true });
      const written = writtenEvidence(evidence);
      assert.ok(isEvidence(written));
      assert.deepEqual(readEvidence(written, 'x'), JSON.parse(JSON.stringify(evidence)));
    });
  }

  it('leaves out what it does not know', () => {
    const more = JSON.stringify({ ...JSON.parse(text), surplus: 1 });
    assert.ok(!('surplus' in readEvidence(more, 'x')));
  });

  it('is refused where it is torn, another file, newer, or changed, each with its reason', () => {
    for (const at of [text.length - 3, Math.floor(text.length / 2), 60])
      assert.match(refused(text.slice(0, at)), /^torn-dump: dump\.json is cut off/);
    for (const other of ['', 'kind: Config', '[]', '{}', '{"version":1}', '7', 'null'])
      assert.match(refused(other), /^foreign-dump: dump\.json was not written by/, other);
    const changed = (change: object) => refused(JSON.stringify({ ...JSON.parse(text), ...change }));
    assert.match(
      changed({ version: 2 }),
      /^newer-dump: dump\.json has version 2 of the evidence, and this calispray knows 1/,
    );
    assert.match(changed({ version: 0 }), /^bad-dump: .*version/);
    assert.match(changed({ lab: 'yes' }), /^bad-dump: .*lab/);
    assert.match(changed({ paths: [{}] }), /^bad-dump: .*paths\.0\./);
    assert.match(changed({ nodes: { a: {} } }), /^bad-dump: .*nodes\.a/);
  });
});
