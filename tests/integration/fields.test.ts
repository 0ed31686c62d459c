import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolPaths } from '../../setup/index.ts';
import { definitionsIn, fieldsOf } from '../support/fields.ts';

const folder = join(import.meta.dirname, '../../reachability/validate/fields');

describe('the fields that Calispray knows', () => {
  for (const group of ['calico', 'cluster-policies', 'prometheus'] as const) {
    it(`are those of the definitions that set-up brings: ${group}`, () => {
      const definitions = definitionsIn(toolPaths().crds, `${group}.yaml`);
      const file = join(folder, `${group}.json`);
      const kinds = definitions.map(({ spec }) => spec.names.kind).sort();
      const found = fieldsOf(
        definitions,
        kinds.filter((kind) => kind !== 'CalicoNodeStatus' && kind !== 'Probe'),
      );
      // Written anew, it is to be formatted: `npx biome check --write reachability/validate/fields`.
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${JSON.stringify(found, null, 1)}\n`);
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), found, `${file}: UPDATE_GOLDEN=1 writes it anew`);
    });
  }
});
