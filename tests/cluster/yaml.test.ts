import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { formatFinding } from '../../cluster/finding.ts';
import { readYaml, type Source } from '../../cluster/yaml.ts';
import { assertGolden } from '../support/golden.ts';

function source(text: string): Source {
  const read = readYaml(text, 'f.yaml');
  assert.ok(read.ok, read.ok ? '' : read.findings.map(formatFinding).join('\n'));
  return read.source;
}

/** Code, path and line of every finding. */
function wrongs(text: string): [string, string, number | undefined][] {
  const read = readYaml(text, 'f.yaml');
  return read.ok ? [] : read.findings.map(({ code, path, at }) => [code, path, at?.line]);
}

const nested = (levels: number) => `a:\n${'- '.repeat(levels - 1)}x`;

describe('the reader of YAML', () => {
  it('gives what the file says, as the yaml package would', () => {
    for (const stack of ['dev', 'lab', 'prod', 'staging']) {
      const text = readFileSync(`Pulumi.${stack}.yaml`, 'utf8');
      assert.deepEqual(source(text).value, parse(text));
    }
    const text =
      'a: &x [1, two, 3.5, true, null, ~, "4", 0x10]\nb: *x\nc: |\n  line\n  line\nd: {e: *x}\n? f\n: g\n010: h\ntrue: i\nj:\n';
    assert.deepEqual(source(text).value, {
      ...parse(text.replace('010: h\ntrue: i', '"010": h\n"true": i')),
    });
  });

  it('takes yes and no for text, whatever version the file names', () => {
    assert.deepEqual(source('%YAML 1.1\n---\na: yes\nb: 012').value, { a: 'yes', b: 12 });
  });

  const refused: readonly [string, string, [string, string, number][]][] = [
    ['an empty file', '', [['empty-file', '', 1]]],
    ['a file of comments', '# nothing\n\n', [['empty-file', '', 1]]],
    ['a list', '- a\n- b\n', [['no-mapping', '', 1]]],
    ['a single word', '\n\nword', [['no-mapping', '', 3]]],
    ['what is not YAML', 'a: 1\nb: [1, 2\nc: 3\n', [['not-yaml', '', 3]]],
    ['a bracket too many', 'a: 1\n]\n', [['not-yaml', '', 2]]],
    ['a tab as indentation', 'a:\n\tb: 1\n', [['tab-indent', '', 2]]],
    ['a second document', 'a: 1\n---\nb: 2\n', [['two-documents', '', 2]]],
    ['a key that is there twice', 'a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n', [['duplicate-key', 'b.c', 5]]],
    ['a key twice as number and text', '1: a\n"1": b\n', [['duplicate-key', '1', 2]]],
    [
      'every key that is there twice',
      'a: 1\na: 2\na: 3\n',
      [
        ['duplicate-key', 'a', 2],
        ['duplicate-key', 'a', 3],
      ],
    ],
    ['a key that is a list', 'a: 1\n? [b]\n: 2\n', [['bad-key', '', 2]]],
    ['a key that is nothing', 'a:\n  : 2\n', [['bad-key', 'a', 2]]],
    ['a key that is an alias', 'a: &x b\n*x : c\n', [['bad-key', '', 2]]],
    ['__proto__', 'a:\n  b: 1\n  __proto__: {c: 1}\n', [['bad-key', 'a', 3]]],
    ['a merge key', 'a: &x {b: 1}\nc:\n  <<: *x\n', [['merge-key', 'c', 3]]],
    ['a tag of its own', 'a: 1\nb: !vault x\n', [['bad-tag', '', 2]]],
    ['binary data', 'a: !!binary aGVs\n', [['bad-tag', '', 1]]],
    ['an alias without anchor', 'a: &there 1\nb: [*ther]\n', [['unknown-anchor', 'b[0]', 2]]],
    ['an anchor that comes later', 'a: *x\nb: &x 1\n', [['unknown-anchor', 'a', 1]]],
    ['an alias inside of what it means', 'a: &x\n  b: [*x]\n', [['alias-loop', 'a.b[0]', 2]]],
    ['a NUL byte', 'a: 1\nb: \0\n', [['control-character', '', 2]]],
    ['an escaped NUL', 'a: 1\nb: ["\\0"]\n', [['control-character', 'b[0]', 2]]],
    ['half of a surrogate pair', 'a: "\\ud800"\n', [['control-character', 'a', 1]]],
    ['an escape code in a key', '"\\e[31m": 1\n', [['bad-key', '', 1]]],
    ['a number beyond what a double keeps', 'a: 12345678901234567890\n', [['number-too-large', 'a', 1]]],
  ];
  for (const [what, text, expected] of refused) {
    it(`refuses ${what}, with its line`, () => assert.deepEqual(wrongs(text), expected));
  }

  it('says each of them in words that name the way out', () => {
    const more = {
      'a second key with tab indentation': 'a:\n\tb: 1\n\tc: 2\n',
      'mistakes in several lines': 'a: [1\nb: &x &y 2\nc: @z\nd: `\ne: %\nf: !t !u 1\n',
      'two mistakes of one line': 'a: !t 1 2 [3]\n',
      'an anchor that nothing is like': 'a: *something\n',
      'a long anchor': `a: *${'x'.repeat(41)}\n`,
      'a key of forty characters twice': `${'k'.repeat(40)}: 1\n${'k'.repeat(40)}: 2\n`,
      'a key of more characters twice': `${'k'.repeat(41)}: 1\n${'k'.repeat(41)}: 2\n`,
      'a bomb': [
        'a: &a [x,x,x,x,x,x,x,x,x]',
        ...'bcdefg'.split('').map((n, i) => `${n}: &${n} [${Array(9).fill(`*${'abcdef'[i]}`)}]`),
      ].join('\n'),
      'too deep': nested(70),
      'too deep by an alias': `a: &x ${'['.repeat(40)}1${']'.repeat(40)}\nb: ${'['.repeat(30)}*x${']'.repeat(30)}\n`,
      'too deep in brackets': `a: 1\nb: ${'['.repeat(70)}`,
    };
    const cases = [...refused.map(([what, text]) => [what, text] as const), ...Object.entries(more)];
    const words = cases.map(([what, text]) => {
      const read = readYaml(text, 'f.yaml');
      return [`# ${what}`, ...(read.ok ? ['accepted'] : read.findings.map(formatFinding)), ''].join('\n');
    });
    assertGolden(join(import.meta.dirname, 'golden/yaml.txt'), words.join('\n'));
  });

  it('knows anchors of values, lists and keys, the last one before the alias', () => {
    const text =
      'a: &x 1\nb: *x\n&k key: &l [2, &m {n: *k}]\nd: *l\ne: &x three\nf: [*x, *m, *k]\ng: &y [*x]\nh: &x 4\ni: *y\n';
    assert.deepEqual(source(text).value, {
      a: 1,
      b: 1,
      key: [2, { n: 'key' }],
      d: [2, { n: 'key' }],
      e: 'three',
      f: ['three', { n: 'key' }, 'key'],
      g: ['three'],
      h: 4,
      i: ['three'],
    });
  });

  it('takes "<<" in quotes for a word, and other scalars than text for keys as they are written', () => {
    assert.deepEqual(source('"<<": 1\n0x10: a\n1.50: b\nfalse: c\n-0: d').value, {
      '<<': 1,
      '0x10': 'a',
      '1.50': 'b',
      false: 'c',
      '-0': 'd',
    });
    assert.deepEqual(source('a: 9007199254740991\nb: 1.5e300\nc: -9007199254740991').value, {
      a: 9007199254740991,
      b: 1.5e300,
      c: -9007199254740991,
    });
  });

  it('lets as many values repeat as a person may need, and not one more', () => {
    const repeated = (times: number) => `a: &x [${Array(99).fill('1').join(', ')}]\nb:\n${'- *x\n'.repeat(times)}`;
    assert.deepEqual(wrongs(repeated(500)), []);
    assert.deepEqual(
      wrongs(`${repeated(500)}- *x\n`).map(([code, path]) => [code, path]),
      [['alias-bomb', 'b[500]']],
    );
  });

  it('says both lines of a key that is there twice', () => {
    const read = readYaml('a: 1\n\nb: 2\na: 3\n', 'Pulumi.x.yaml');
    assert.ok(!read.ok);
    assert.deepEqual(read.findings.map(formatFinding), [
      'refused duplicate-key at a (Pulumi.x.yaml:4): the key “a” is there twice (line 1)\n  → Keep one of the two: the other would be lost without a word.',
    ]);
  });

  it('bounds the depth of the file, in whatever way it is written', () => {
    assert.deepEqual(wrongs(nested(64)), []);
    assert.deepEqual(wrongs(nested(65))[0]?.[0], 'too-deep');
    const deep = 100_000;
    for (const text of ['[', '{a: ', '- ', '? ', ': ', '[{'].map((one) => one.repeat(deep))) {
      assert.deepEqual(wrongs(text), [['too-deep', '', 1]], text.slice(0, 8));
    }
    const indented = Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    assert.deepEqual(wrongs(indented), [['too-deep', '', 66]]);
    const chained = Array.from({ length: 70 }, (_, i) => `k${i}: &k${i} [${i === 0 ? '' : `*k${i - 1}`}]`).join('\n');
    assert.deepEqual(wrongs(chained)[0]?.[0], 'too-deep');
  });

  it('stops at an alias bomb, and lets a value repeat', () => {
    const letters = [...'abcdefghijkl'];
    const bomb = letters.map((name, i) => `${name}: &${name} [${Array(9).fill(i === 0 ? 'x' : `*${letters[i - 1]}`)}]`);
    const [[code, path] = []] = wrongs(bomb.join('\n'));
    assert.deepEqual([code, path?.[0]], ['alias-bomb', 'e']);
    const repeated = `x: &x { user: root, port: 22 }\nnodes:\n${Array.from({ length: 1000 }, (_, i) => `  n${i}: { ssh: *x }`).join('\n')}`;
    const { nodes } = source(repeated).value as { nodes: Record<string, { ssh: object }> };
    assert.deepEqual(nodes.n999, { ssh: { user: 'root', port: 22 } });
    assert.notEqual(nodes.n998?.ssh, nodes.n999?.ssh, 'each has a copy of its own');
  });

  it('bounds the number of pieces', () => {
    assert.equal(wrongs('- x\n'.repeat(350_000))[0]?.[0], 'too-large');
  });

  it('bounds the number of findings', () => {
    assert.equal(wrongs('a: 1\n'.repeat(1000)).length, 50);
  });

  it('knows where every field stands, and the nearest thing around one that is not there', () => {
    const { place } = source(
      'config:\n  other: 1\n  calispray:cluster:\n    nodes:\n      homelab: { roles: [worker,\n        etcd] }\n    network:\n      a.b:\n        c: 1\n',
    );
    const at = (path: string) => place(path, 'config.calispray:cluster');
    assert.deepEqual(at('nodes.homelab.roles[1]'), { file: 'f.yaml', line: 6, column: 9 });
    assert.deepEqual(at('nodes.homelab'), { file: 'f.yaml', line: 5, column: 7 });
    assert.equal(at('nodes.homelab.roles[7].x').line, 5);
    assert.equal(at('network.a.b.c').line, 9);
    assert.equal(at('network.mtu').line, 7);
    assert.equal(at('').line, 3);
    assert.equal(at('nowhere').line, 3);
    assert.equal(place('config').line, 1);
    assert.equal(place('nowhere').line, 1);
    assert.equal(source('\n\n  # a comment\na: 1\n').place('nowhere').line, 4);
  });

  it('never throws, and says a line inside the file, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...[
        'a',
        'b: ',
        ': ',
        '- ',
        '? ',
        '[',
        ']',
        '{',
        '}',
        ',',
        '\n',
        '\n  ',
        '\t',
        '&a ',
        '*a',
        '!t ',
        '"',
        "'",
        '|\n',
        '>\n',
        '---\n',
        '%YAML 1.1\n',
        '#',
        '<<',
        '\\',
        '0',
        '~',
        '\r\n',
        '__proto__',
        '\u0000',
        'é',
        '\ud83d\ude00',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const read = readYaml(given, 'f');
        const lines = given.split('\n').length;
        const places = read.ok ? [read.source.place('a.b[0]')] : read.findings.map((f) => f.at);
        assert.ok(places.length > 0);
        for (const at of places)
          assert.ok(at !== undefined && at.line >= 1 && at.line <= lines && at.column >= 1, JSON.stringify(at));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives back what was written as JSON', () => {
    const safe = (value: unknown): boolean =>
      typeof value === 'string'
        ? !/\p{Cc}/u.test(value) && value.isWellFormed()
        : typeof value === 'number'
          ? !Number.isInteger(value) || Number.isSafeInteger(value)
          : typeof value !== 'object' ||
            value === null ||
            Object.entries(value).every(([k, v]) => k !== '__proto__' && safe(k) && safe(v));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })).filter(safe), (value) => {
        // JSON has -0, which YAML reads as 0.
        assert.deepEqual(JSON.stringify(source(JSON.stringify(value)).value), JSON.stringify(value));
      }),
      { numRuns: 300 },
    );
  });
});
