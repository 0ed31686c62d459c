import assert from 'node:assert/strict';
import fc from 'fast-check';
import { format, matches, type Node, prefixed } from '../../reachability/selector/node.ts';
import { parseSelector } from '../../reachability/selector/parse.ts';
import { Universe } from '../../reachability/world/universe.ts';

const labels = ['a', 'b', 'app', 'in', 'contains', 'projectcalico.org/name', 'not', 'has', 'x-y_z'];
const values = ['', 'a', 'b', 'ab', "it's", 'say "x"', 'prod', 'production', 'all()'];

interface Said {
  readonly text: string;
  readonly holds: (of: ReadonlyMap<string, string>) => boolean;
}

const quoted = (value: string) => (value.includes("'") ? `"${value}"` : `'${value}'`);
const label = fc.constantFrom(...labels);
const value = fc.constantFrom(...values);
const blank = fc.constantFrom('', ' ', '\t', '  ');

/** A comparison in words, and what it means, said a second time without the engine's code. */
const comparison: fc.Arbitrary<Said> = fc
  .record({ label, value, kind: fc.nat(5), pad: blank })
  .map(({ label: l, value: v, kind, pad }) => {
    const said: Said[] = [
      { text: `${l}${pad}==${pad}${quoted(v)}`, holds: (of) => of.get(l) === v },
      { text: `${l}${pad}!=${pad}${quoted(v)}`, holds: (of) => !of.has(l) || of.get(l) !== v },
      {
        text: `${l} contains${pad}${quoted(v)}`,
        holds: (of) => of.has(l) && (v === '' || (of.get(l) ?? '').split(v).length > 1),
      },
      {
        text: `${l} starts${pad}with${pad}${quoted(v)}`,
        holds: (of) => of.has(l) && (of.get(l) ?? '').slice(0, v.length) === v,
      },
      {
        text: `${l} ends with ${quoted(v)}`,
        holds: (of) => of.has(l) && (v === '' || (of.get(l) ?? '').slice(-v.length) === v),
      },
      { text: `has(${pad}${l}${pad})`, holds: (of) => of.has(l) },
    ];
    return said[kind] as Said;
  });
const membership: fc.Arbitrary<Said> = fc
  .record({ label, all: fc.array(value, { maxLength: 3 }), not: fc.boolean(), comma: fc.boolean(), pad: blank })
  .map(({ label: l, all, not, comma, pad }) => ({
    text: `${l} ${not ? `not${pad}in` : 'in'}${pad}{${all.map(quoted).join(`,${pad}`)}${comma && all.length > 0 ? ',' : ''}}`,
    holds: (of) => (of.has(l) && all.includes(of.get(l) as string)) !== not,
  }));
const anybody: fc.Arbitrary<Said> = fc.constantFrom(
  { text: 'all()', holds: () => true },
  { text: 'all( )', holds: () => true },
);

const { selector } = fc.letrec<{ selector: Said }>((tie) => ({
  selector: fc.oneof(
    { maxDepth: 4 },
    comparison,
    membership,
    anybody,
    fc.tuple(tie('selector'), fc.constantFrom('!', '!!', '!!!')).map(
      ([inner, not]): Said => ({
        text: `${not}(${inner.text})`,
        holds: (of) => inner.holds(of) !== (not.length % 2 === 1),
      }),
    ),
    fc.tuple(fc.array(tie('selector'), { minLength: 2, maxLength: 3 }), fc.boolean(), blank).map(
      ([parts, and, pad]): Said => ({
        text: `(${parts.map((part) => `(${part.text})`).join(`${pad}${and ? '&&' : '||'}${pad}`)})`,
        holds: (of) => (and ? parts.every((part) => part.holds(of)) : parts.some((part) => part.holds(of))),
      }),
    ),
  ),
}));
const labelled = fc.dictionary(label, value, { maxKeys: 4 }).map((all) => new Map(Object.entries(all)));

function parsed(text: string): Node {
  const read = parseSelector(text);
  assert.ok(read.ok, `${text}: ${read.ok ? '' : read.error}`);
  return read.node;
}

describe('a selector', () => {
  it('means what its words say', () => {
    fc.assert(
      fc.property(selector, labelled, ({ text, holds }, of) => {
        assert.equal(matches(parsed(text), of), holds(of), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('means the same when it is written again, and is written so from then on', () => {
    fc.assert(
      fc.property(selector, labelled, ({ text, holds }, of) => {
        const again = parsed(format(parsed(text)));
        assert.equal(matches(again, of), holds(of), text);
        assert.deepEqual(parsed(format(again)), again);
      }),
      { numRuns: 1000 },
    );
  });

  it('asks for inherited labels once it is prefixed', () => {
    fc.assert(
      fc.property(selector, labelled, ({ text, holds }, of) => {
        const inherited = new Map([...of].map(([key, v]) => [`pcns.${key}`, v]));
        assert.equal(matches(prefixed(parsed(text), 'pcns.'), inherited), holds(of));
      }),
    );
  });

  it('chooses from a world the groups that it would choose one by one', () => {
    const endpoint = (of: ReadonlyMap<string, string>, i: number) =>
      ({ id: `n/${i}`, kind: 'pod', labels: of, addresses: [], ports: [], profiles: [], node: '' }) as const;
    fc.assert(
      fc.property(selector, fc.array(labelled, { maxLength: 8 }), ({ text, holds }, all) => {
        const universe = new Universe(all.map(endpoint), []);
        const chosen = universe.select(parsed(text));
        for (const { endpoint: one, group } of universe.located.values())
          assert.equal(chosen[group] === 1, holds(one.labels), text);
      }),
    );
  });

  it('binds && before ||', () => {
    const both = parsed('has(a) || has(b) && has(app)');
    assert.equal(matches(both, new Map([['a', '']])), true);
    assert.equal(matches(both, new Map([['b', '']])), false);
  });

  for (const text of [
    '',
    '  ',
    "in in {'a'}",
    "contains contains 'x'",
    "a notin {'b',}",
    "a startswith 'b'",
    "a endswith'b'",
    'a in {}',
    '!!has(a)',
    `${'l'.repeat(512)} == 'a'`,
  ]) {
    it(`takes ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(parseSelector(text).ok, true));
  }
  for (const text of [
    "a = 'b'",
    'a == b',
    'a == "b',
    "a == 'x' &&\n b == 'y'",
    'has (a)',
    'all ()',
    'has()',
    'has(a',
    'all(a)',
    "a b == 'c'",
    "a in 'b'",
    "a in {'b' 'c'}",
    'a in {,}',
    'has(a) has(b)',
    '(has(a)',
    'has(a))',
    '!',
    '&& has(a)',
    'has(a) &',
    "a startswithx 'b'",
    'a == "it\\"s"',
    `${'l'.repeat(513)} == 'a'`,
    `${'('.repeat(5000)}has(a)`,
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      const read = parseSelector(text);
      assert.equal(read.ok, false);
      assert.ok(!read.ok && read.error.length > 5);
    });
  }
});
