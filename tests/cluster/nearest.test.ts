import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nearest } from '../../cluster/nearest.ts';

const known = ['address', 'roles', 'ssh', 'blockSize'];

describe('nearest', () => {
  for (const [word, meant] of [
    ['adress', 'address'],
    ['Roles', 'roles'],
    ['blocksize', 'blockSize'],
    ['sssh', 'ssh'],
    ['monitoring', undefined],
    ['', undefined],
  ] as const) {
    it(`takes “${word}” for ${meant}`, () => assert.equal(nearest(word, known), meant));
  }

  it('looks no further than it is told', () => {
    assert.deepEqual([nearest('block', known, 4), nearest('block', known, 3)], ['blockSize', undefined]);
  });

  it('takes a known word for itself, and is quick with long ones', () => {
    fc.assert(fc.property(fc.constantFrom(...known), (word) => assert.equal(nearest(word, known), word)));
    assert.equal(nearest('a'.repeat(1_000_000), known), undefined);
  });
});
