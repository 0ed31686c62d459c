import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Parsed, parseCluster as parseAlone } from '../../cluster/index.ts';
import { inline } from '../../cluster/inline.ts';
import { type Field, fields, jsonSchema } from '../../cluster/json-schema.ts';
import { reference } from '../../cluster/stack-file.ts';
import { exampleCluster, exampleManifests } from '../support/example-clusters.ts';
import { mistakesOf } from '../support/json-schema.ts';
import { stackCluster, stacks } from '../support/stacks.ts';

const root = join(import.meta.dirname, '../..');

/** A committed file is what its generator gives; `UPDATE_GOLDEN=1` writes it. */
function assertGenerated(path: string, text: string, command: string): void {
  const file = join(root, path);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  assert.equal(readFileSync(file, 'utf8'), text, command);
}

/** Fields that are one of several maps: what stands there makes room for another. */
const unions =
  /^(migrate\.encapsulation\.from|network(\.furtherPools\[\]|\.ipv6)?\.(encapsulation|dataplane|ipam|autodetection)|network\.bgp\.topology|kubespray\.source|monitoring|workloads\[\]\.ports\[\]|expect\[\]\.(allow|deny)\.(from|to))$/;

/** The key of the entry that says most. */
function fullest(map: Record<string, unknown>): string {
  const length = (key: string) => JSON.stringify(map[key]).length;
  return Object.keys(map).reduce((best, key) => (length(key) > length(best) ? key : best));
}

/** Puts a value at a field's path: NAME is the node that says most, `[]` the first entry. */
function withValue(cluster: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(cluster);
  const keys = path.replaceAll('[]', '.0').split('.');
  const last = keys.pop() as string;
  let at = copy as Record<string, unknown>;
  const walked: string[] = [];
  for (const written of keys) {
    const key = written === 'NAME' ? fullest(at) : written;
    walked.push(written);
    const next = [...keys, last][walked.length] as string;
    const isUnion = unions.test(walked.join('.').replaceAll('.0', '[]'));
    const old = at[key];
    if (typeof old !== 'object' || old === null || (isUnion && !(next in old))) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
  at[last] = value;
  return copy;
}

/** The reference cluster with one policy of its own, so that every list has an entry. */
function referenceCluster(): Record<string, unknown> {
  const extra = fields().find(({ path }) => path === 'policies.extra')?.schema.examples?.[0];
  return withValue(stackCluster('dev'), 'policies.extra', extra);
}

/** With the manifests that full.yaml points to. */
function parseCluster(value: unknown): Parsed {
  return parseAlone(value, { manifests: exampleManifests });
}

/** Paths of a value as fields have them, `nodes.NAME.roles`, `policies.extra[].kind`. */
function pathsOf(value: unknown, at = ''): Set<string> {
  if (typeof value !== 'object' || value === null) return new Set([at]);
  if (Array.isArray(value)) return new Set([at, ...value.flatMap((one) => [...pathsOf(one, `${at}[]`)])]);
  const inner = Object.entries(value).flatMap(([key, part]) => {
    const name = at === 'nodes' ? 'NAME' : key;
    return [...pathsOf(part, at === '' ? name : `${at}.${name}`)];
  });
  return new Set([at, ...inner]);
}

/** Whether one of the fields above is a union. */
function isInUnion(path: string): boolean {
  const keys = path.split('.');
  return keys.some((_, i) => unions.test(keys.slice(0, i).join('.')));
}

function exampleOf({ schema }: Field): unknown {
  return schema.examples?.[0];
}

describe('the JSON Schema of a cluster', () => {
  it('is committed as schema/cluster.schema.json', () => {
    const text = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
    assertGenerated('schema/cluster.schema.json', text, 'node cluster/json-schema.ts > schema/cluster.schema.json');
  });

  it('is written out for readers in docs/stack-file.md', () => {
    assertGenerated('docs/stack-file.md', reference(), 'node cluster/stack-file.ts > docs/stack-file.md');
  });

  for (const stack of stacks) {
    it(`accepts the stack ${stack}, as the parser does`, () => {
      assert.deepEqual(mistakesOf(jsonSchema(), stackCluster(stack)), []);
      assert.ok(parseCluster(stackCluster(stack)).ok);
    });
  }

  for (const name of ['full', 'dual-stack']) {
    it(`accepts ${name}.yaml, as the parser does`, () => {
      assert.deepEqual(mistakesOf(jsonSchema(), exampleCluster(name)), []);
      const parsed = parseCluster(exampleCluster(name));
      assert.deepEqual(parsed.ok ? [] : parsed.findings, []);
    });
  }

  it('has every field in full.yaml, but for the other parts of unions', () => {
    const used = pathsOf(exampleCluster('full'));
    const left = fields().filter(({ path }) => !used.has(path));
    assert.deepEqual(
      left.map(({ path }) => path).filter((path) => !isInUnion(path)),
      [],
    );
    assert.ok(left.length > 5, 'of each union full.yaml has one part');
  });

  it('shows mistakes where they are made', () => {
    const wrong: [path: string, value: unknown][] = [
      ['nmae', 'x'],
      ['name', 'Not_A_Label'],
      ['nodes.NAME.address', '192.168.4'],
      ['nodes.NAME.roles', ['master']],
      ['nodes.NAME.ssh.hostKey', 'ssh-ed25519'],
      ['network.pods', '10.244.0.0'],
      ['network.mtu', 'automatic'],
      ['network.encapsulation', { ipip: 'always', vxlan: 'always' }],
      ['felix.metrics.port', 70000],
    ];
    for (const [path, value] of wrong) {
      const cluster = withValue(stackCluster('dev'), path, value);
      assert.notDeepEqual(mistakesOf(jsonSchema(), cluster), [], path);
      assert.equal(parseCluster(cluster).ok, false, path);
    }
  });

  describe('says of every field', () => {
    const valued = fields().filter((field) => field.change !== undefined);

    it('what it is', () => {
      const text = JSON.stringify(jsonSchema());
      assert.ok(fields().length > 60, String(fields().length));
      assert.doesNotMatch(text, /"calispray":|"undefined|Default: undefined/);
      for (const { path, description, schema } of fields()) {
        assert.match(description, /\.$/, path);
        assert.ok(schema.description?.startsWith(description), path);
      }
    });

    it('the default, the unit of a number that has one, and what changing it does', () => {
      for (const { path, schema, unit } of valued) {
        assert.match(schema.description ?? '', /\nDefault: \S.*\.\n/, path);
        assert.match(schema.description ?? '', /\nChanging it: (free|rolling restart|migration|never)\. \S/, path);
        if (unit !== undefined) assert.ok(schema.description?.includes(`Unit: ${unit}.`), path);
      }
    });

    it('which fields are only a group of others', () => {
      const groups = fields().filter((field) => field.change === undefined);
      for (const { path, schema } of groups) assert.notEqual(schema.properties, undefined, path);
    });

    it('an example as YAML has it', () => {
      for (const field of valued) assert.deepEqual(parse(inline(exampleOf(field))), exampleOf(field), field.path);
    });

    it('an example that parses, in the reference cluster or in full.yaml', () => {
      const full = exampleCluster('full');
      const ipip = withValue(full, 'network.encapsulation', { ipip: 'always' });
      const denied = withValue(full, 'expect', [{ deny: { from: 'others', to: { namespace: 'production' } } }]);
      const pooled = withValue(ipip, 'network.furtherPools[].encapsulation', 'none');
      const hosts = [referenceCluster(), full, pooled, denied];
      const schema = jsonSchema();
      for (const field of valued) {
        assert.equal(field.schema.examples?.length, 1, field.path);
        const example = exampleOf(field);
        const said: unknown[] = [];
        const isRight = hosts.some((host) => {
          const value = field.path === 'nodes' ? { ...Object(host.nodes), ...Object(example) } : example;
          const edited = withValue(host, field.path, value);
          const parsed = parseCluster(edited);
          const mistakes = [...(parsed.ok ? [] : parsed.findings), ...mistakesOf(schema, edited)];
          said.push(mistakes);
          return mistakes.length === 0;
        });
        assert.ok(isRight, `${field.path}: ${JSON.stringify(said)}`);
      }
    });
  });
});
