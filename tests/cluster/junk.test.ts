import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Parsed, parseCluster as parseAlone } from '../../cluster/index.ts';
import { jsonSchema } from '../../cluster/json-schema.ts';
import { exampleCluster, exampleManifests } from '../support/example-clusters.ts';
import { mistakesOf } from '../support/json-schema.ts';

type Key = string | number;

const full = exampleCluster('full');

/** With the manifests that full.yaml points to. */
function parseCluster(value: unknown): Parsed {
  return parseAlone(value, { manifests: exampleManifests });
}

/** Every place in a value, maps and lists before what they hold. */
function places(value: unknown, at: readonly Key[] = []): Key[][] {
  if (typeof value !== 'object' || value === null) return [[...at]];
  const inner = Array.isArray(value) ? value.map((part, i): [Key, unknown] => [i, part]) : Object.entries(value);
  return [[...at], ...inner.flatMap(([key, part]) => places(part, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly Key[], junk: unknown): unknown {
  if (key === undefined) return junk;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<Key, unknown>;
  copy[key] = replaced(copy[key], rest, junk);
  return copy;
}

function pathText(place: readonly Key[]): string {
  return place.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
}

/** Places whose value may be anything: a policy’s own text, variables that are kubespray’s. */
const free = /^(policies\.extra\[0\]\.spec|kubespray\.extraVariables)\./;

const everywhere = places(full);

describe('junk in the place of any value', () => {
  it('has hundreds of places to be in', () => {
    assert.ok(everywhere.length > 250, String(everywhere.length));
  });

  it('is named with its place', () => {
    // No field takes one of these, whatever it is for.
    const never = [() => 1, null, Number.NaN, [[]], { junk: { junk: [] } }];
    for (const place of everywhere) {
      const path = pathText(place);
      if (free.test(path)) continue;
      for (const junk of never) {
        const parsed = parseCluster(replaced(full, place, junk));
        if (parsed.ok && /^(kubespray\.extraVariables|policies\.extra\[0\]\.spec)$/.test(path)) continue;
        assert.ok(!parsed.ok, path);
        assert.ok(
          parsed.findings.some((finding) => finding.path.startsWith(path)),
          `${path}: ${JSON.stringify(parsed.findings)}`,
        );
      }
    }
  });

  it('never throws, and says in words what is wrong', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everywhere), fc.anything({ maxDepth: 3, withBigInt: true }), (place, junk) => {
        const parsed = parseCluster(replaced(full, place, junk));
        if (parsed.ok) return;
        assert.ok(parsed.findings.length > 0);
        for (const { code, message, hint } of parsed.findings) {
          assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
          assert.doesNotMatch(`${message} ${hint}`, /\[object|undefined|Invalid input/);
          assert.ok(message !== '' && hint !== '');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is nothing that the JSON Schema refuses, where it is right after all', () => {
    const schema = jsonSchema();
    const likely = fc.oneof(
      fc.boolean(),
      fc.integer({ min: -1, max: 70_000 }),
      fc.constantFrom(
        'none',
        'auto',
        'always',
        '0',
        '10.244.0.0/16',
        'fd00:4::/64',
        'fd00:4::9',
        'kdd',
        'all()',
        '1.5h',
      ),
      fc.constantFrom(
        [],
        {},
        ['10.0.0.0/24'],
        { vxlan: 'always' },
        { ipip: 'always' },
        { ebpf: {} },
        { interface: 'en.*' },
      ),
    );
    let right = 0;
    fc.assert(
      fc.property(fc.constantFrom(...everywhere), likely, (place, value) => {
        const changed = replaced(full, place, value);
        if (!parseCluster(changed).ok) return;
        right += 1;
        assert.deepEqual(mistakesOf(schema, changed), []);
      }),
      { numRuns: 1000 },
    );
    assert.ok(right > 20, String(right));
  });

  it('is taken out again: without any one value the cluster parses, or says what is missing', () => {
    for (const place of everywhere.filter((one) => one.length > 0)) {
      const parsed = parseCluster(replaced(full, place, undefined));
      if (parsed.ok) continue;
      for (const finding of parsed.findings) assert.notEqual(finding.message, '', pathText(place));
    }
  });
});
