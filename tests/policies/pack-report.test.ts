import assert from 'node:assert/strict';
import { findingIn } from '../../cli/engine/words.ts';
import { type Finding, formatFinding } from '../../cluster/finding.ts';
import { textOf } from '../../policies/mount/report.ts';

/** What the engine hands on: the policy's description, then what was reported (pulumi 3.259.0 pkg/engine). */
const message = (finding: Finding) => `What a good stack has\n${textOf(finding)}\n`;

describe('a finding on its way through the engine', () => {
  const plain: Finding = {
    code: 'expectation',
    class: 'harmful',
    path: 'expect[1]',
    message: 'a/b -> c/d tcp/80 must be denied and is allowed: by ingress[0] of NetworkPolicy c/open',
    hint: 'Leave it out.',
  };

  it('comes out as it went in, its mend with it', () => {
    const mend = 'kind: NetworkPolicy\nspec:\n  ingress:\n    - from: []\n---\nkind: Tier';
    for (const finding of [
      plain,
      { ...plain, mend },
      { ...plain, path: '' },
      { ...plain, path: 'policies/a.yaml#2 spec.ingress[0]' },
    ]) {
      assert.deepEqual(findingIn('expectation', message(finding)), { finding });
    }
  });

  it('has its mend below the way out, further in, and nothing of it where there is none', () => {
    const text = formatFinding({ ...plain, mend: 'kind: Tier\nspec:\n  order: 10', reference: 'docs' });
    assert.equal(
      text,
      `harmful expectation at expect[1]: ${plain.message}\n  → Leave it out. (docs)\n      kind: Tier\n      spec:\n        order: 10`,
    );
    assert.equal(formatFinding(plain).split('\n').length, 2);
  });

  it('is none where another pack says what it likes', () => {
    assert.deepEqual(findingIn('theirs', 'Buckets are private\nbucket a is public'), {});
  });
});
