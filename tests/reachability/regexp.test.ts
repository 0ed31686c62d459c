import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { regexpError } from '../../reachability/validate/regexp.ts';

/** What Go 1.26's regexp.Compile said of texts that are put together from what it knows and does not know. */
const recorded: { compiles: string[]; refused: string[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'golden/regexp.json'), 'utf8'),
);

describe('a regular expression of Go', () => {
  it('is what Go compiles', () => {
    const refused = recorded.compiles.filter((text) => regexpError(text) !== undefined);
    assert.ok(recorded.compiles.length > 200);
    assert.deepEqual(refused, []);
  });

  it('is nothing that Go refuses', () => {
    const taken = recorded.refused.filter((text) => regexpError(text) === undefined);
    assert.ok(recorded.refused.length > 300);
    assert.deepEqual(taken, []);
  });

  it('is refused in Go’s own words', () => {
    assert.equal(regexpError('calico-(node'), 'missing closing ): `calico-(node`');
    assert.equal(regexpError('(?!kube).*'), 'invalid or unsupported Perl syntax: `(?!`');
    assert.equal(regexpError('*'), 'missing argument to repetition operator: `*`');
  });

  it('is read to its end, whatever it is', () => {
    const part = fc.constantFrom(
      'a',
      '(',
      ')',
      '[',
      ']',
      '\\',
      '{',
      '2',
      '}',
      '?',
      '*',
      '|',
      '^',
      '-',
      ':',
      'é',
      '\u{1F600}',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const error = regexpError(text);
        assert.ok(error === undefined || error.length > 0);
        // Any of it as a text of its own compiles.
        assert.equal(regexpError(`\\Q${text.replaceAll('\\E', '')}`), undefined);
      }),
    );
  });
});
