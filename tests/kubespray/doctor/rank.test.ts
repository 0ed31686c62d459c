import assert from 'node:assert/strict';
import { ranked } from '../../../kubespray/doctor/rank.ts';
import type { Diagnosis } from '../../../kubespray/doctor/types.ts';

function diagnosis(code: string, explains: readonly string[], more: Partial<Diagnosis> = {}): Diagnosis {
  return { code, severity: 'broken', message: code, nodes: [], evidence: [], why: '', mend: [], explains, ...more };
}

const codes = (given: readonly Diagnosis[]) =>
  ranked(given).map(({ code, follows }) => `${code}(${follows.join(' ')})`);

describe('the order of findings', () => {
  it('is by how much of what is left each explains', () => {
    const given = [diagnosis('one', ['a']), diagnosis('three', ['a', 'b', 'c']), diagnosis('two', ['c', 'd'])];
    assert.deepEqual(codes(given), ['three(one)', 'two()', 'one()']);
  });

  it('is by severity where they explain as much, then as they were given', () => {
    const given = [
      diagnosis('risk', [], { severity: 'risk' }),
      diagnosis('failing', [], { severity: 'failing' }),
      diagnosis('b', []),
      diagnosis('a', []),
    ];
    assert.deepEqual(codes(given), ['b()', 'a()', 'failing()', 'risk()']);
  });

  it('keeps what follows from another in the list where something shows it, and only there', () => {
    const given = [
      diagnosis('cause', ['a', 'b']),
      diagnosis('shown', ['a']),
      diagnosis('concluded', ['b'], { inferred: true }),
    ];
    assert.deepEqual(codes(given), ['cause(shown concluded)', 'shown()']);
  });

  it('tells what is concluded where nothing else explains it all', () => {
    const given = [diagnosis('shown', ['a']), diagnosis('concluded', ['a', 'b'], { inferred: true })];
    assert.deepEqual(codes(given), ['concluded(shown)', 'shown()']);
  });
});
