import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diffProperties, formatPath } from '../../lab/providers/diff.ts';
import { Asset, type PropertyMap, Secret, unknown } from '../../lab/providers/properties.ts';

const shown = (before: PropertyMap, after: PropertyMap) =>
  diffProperties(before, after).map(({ path, kind }) => `${kind} ${formatPath(path)}`);

describe('differences', () => {
  it('name the leaf, through maps and lists', () => {
    const spec = (port: number) => ({ spec: { ingress: [{ ports: [{ port, protocol: 'TCP' }] }] } });
    assert.deepEqual(shown(spec(9091), spec(9092)), ['update spec.ingress[0].ports[0].port']);
  });

  it('write keys that are no identifiers in brackets', () => {
    const labels = (value: string) => ({ metadata: { labels: { 'kubernetes.io/metadata.name': value } } });
    assert.deepEqual(shown(labels('a'), labels('b')), ['update metadata.labels["kubernetes.io/metadata.name"]']);
  });

  it('tell added, removed and grown lists apart', () => {
    assert.deepEqual(shown({ a: 1, list: ['x'] }, { b: 1, list: ['x', 'y'] }), ['delete a', 'add list[1]', 'add b']);
  });

  it('count a change of secrecy, and see through an unchanged one', () => {
    assert.deepEqual(shown({ a: 'x' }, { a: new Secret('x') }), ['update a']);
    assert.deepEqual(shown({ a: new Secret({ b: 1 }) }, { a: new Secret({ b: 1 }) }), []);
    assert.deepEqual(shown({ a: new Secret({ b: 1 }) }, { a: new Secret({ b: 2 }) }), ['update a']);
  });

  it('take an unknown for a change, and an absent value for null', () => {
    assert.deepEqual(shown({ a: 'x' }, { a: unknown }), ['update a']);
    assert.deepEqual(shown({ a: null }, {}), []);
  });

  it('compare assets by their content, wherever it comes from', () => {
    const asset = (hash: string, path: string) => ({ source: new Asset({ hash, path }) });
    assert.deepEqual(shown(asset('1', '/a'), asset('1', '/b')), []);
    assert.deepEqual(shown(asset('1', '/a'), asset('2', '/a')), ['update source']);
  });

  it('are none between a value and itself, and as many back as forth', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 2 }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(values, values, (a, b) => {
        assert.deepEqual(diffProperties(a as PropertyMap, a as PropertyMap), []);
        const forth = diffProperties(a as PropertyMap, b as PropertyMap).map(({ path }) => formatPath(path));
        const back = diffProperties(b as PropertyMap, a as PropertyMap).map(({ path }) => formatPath(path));
        assert.deepEqual(forth.sort(), back.sort());
      }),
    );
  });
});
