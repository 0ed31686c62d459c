import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCluster } from '../../cluster/index.ts';
import { type Field, fields, jsonSchema } from '../../cluster/json-schema.ts';
import { reference } from '../../cluster/stack-file.ts';
import { mistakesOf } from '../support/json-schema.ts';
import { stackCluster, stacks } from '../support/stacks.ts';

const root = join(import.meta.dirname, '../..');

/** A committed file is what its generator gives; `UPDATE_GOLDEN=1` writes it. */
function assertGenerated(path: string, text: string, command: string): void {
  const file = join(root, path);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  assert.equal(readFileSync(file, 'utf8'), text, command);
}

/** Puts a value at a field's path: NAME is the first node, `[]` the first entry. */
function withValue(cluster: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(cluster);
  const keys = path.replaceAll('[]', '.0').replace('.NAME', '.masternode').split('.');
  const last = keys.pop() as string;
  let at = copy as Record<string, unknown>;
  for (const key of keys) {
    if (typeof at[key] !== 'object') at[key] = {};
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

    it('an example that parses', () => {
      const host = referenceCluster();
      for (const field of valued) {
        assert.equal(field.schema.examples?.length, 1, field.path);
        const edited = withValue(host, field.path, exampleOf(field));
        // The other half of a union makes room, and what another field asks for is given.
        if (field.path === 'network.encapsulation.vxlan')
          edited.network = { ...Object(host.network), encapsulation: { vxlan: exampleOf(field) } };
        if (field.path === 'nodes') edited.nodes = { ...Object(host.nodes), ...Object(exampleOf(field)) };
        const parsed = parseCluster(edited);
        assert.deepEqual(parsed.ok ? [] : parsed.findings, [], field.path);
        assert.deepEqual(mistakesOf(jsonSchema(), edited), [], field.path);
      }
    });
  });
});
