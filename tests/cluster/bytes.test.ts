import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decoded, placesIn } from '../../cluster/text.ts';

describe('the bytes of a file', () => {
  it('are UTF-8, or the first that is not is named', () => {
    const bytes = (...parts: (string | number)[]) =>
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
    assert.deepEqual(decoded(bytes('a: é\n')), { text: 'a: é\n' });
    assert.deepEqual(decoded(bytes('\ufeffa: 1')), { text: 'a: 1' });
    assert.deepEqual(decoded(bytes()), { text: '' });
    const cases: [Buffer, number][] = [
      [bytes('a: é\nb: ', 0xff, 'c'), 9],
      [bytes('abc', 0xc3), 3],
      [bytes(0xff, 0xfe, 'a', 0), 0],
      [bytes('é', 0xe2, 0x82, 'x'), 2],
      [bytes('a', 0xed, 0xa0, 0x80), 1],
    ];
    for (const [given, offset] of cases) {
      const { problem } = { problem: undefined, ...decoded(given) };
      assert.match(problem?.message ?? '', new RegExp(`^byte ${offset} \\(0x${given[offset]?.toString(16)}\\)`));
      assert.equal(problem?.offset, given.subarray(0, offset).toString().length);
    }
    const utf16 = (...parts: (string | number)[]) => JSON.stringify(decoded(bytes(...parts))).includes('UTF-16');
    assert.deepEqual(
      [utf16(0xff, 0xfe, 'a', 0), utf16(0xfe, 0xff, 0, 'a'), utf16('a', 0xff, 0xfe), utf16(0xe9)],
      [true, true, false, false],
    );
    assert.deepEqual(decoded(bytes('é', 0xe9)), {
      text: 'é',
      problem: {
        code: 'not-utf8',
        path: '',
        offset: 1,
        message: 'byte 2 (0xe9) is not UTF-8',
        hint: 'Save the file as UTF-8.',
      },
    });
  });

  it('are whole up to the first that is not, as Node itself reads them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (given) => {
        const result = decoded(given);
        const lossy = Buffer.from(given).toString('utf8');
        assert.equal('problem' in result, !Buffer.from(lossy).equals(Buffer.from(given)));
        assert.ok(lossy.replace(/^\ufeff/, '').startsWith(result.text));
      }),
      { numRuns: 2000 },
    );
  });

  it('have lines that begin at 1', () => {
    const place = placesIn('ab\n\ncd', 'f');
    const at = (offset: number) => [place(offset).line, place(offset).column];
    assert.deepEqual([0, 1, 2, 3, 4, 5].map(at), [
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [3, 1],
      [3, 2],
    ]);
  });
});
