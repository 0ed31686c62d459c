import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseCluster } from '../../cluster/index.ts';
import { constants, fieldOf, toldOf } from '../../kubespray/index.ts';
import { clusterOf, stackCluster, stacks } from '../support/stacks.ts';
import { specs } from './arbitrary.ts';
import { corpus, spec } from './support/corpus.ts';

/** The names of everything that is told: group, host and command-line variables. */
function names(value: unknown): Set<string> {
  const { variables, hosts, extraVars } = toldOf(clusterOf(value));
  const own = variables.filter(({ path }) => !path.startsWith('kubespray.extraVariables.'));
  return new Set([
    ...own.map(({ name }) => name),
    ...hosts.flatMap((host) => Object.keys(host.variables)),
    ...Object.keys(extraVars),
  ]);
}

const told = new Set([...stacks.map(stackCluster), ...corpus.map(spec)].flatMap((value) => [...names(value)]));

describe('fieldOf', () => {
  it('holds every variable that is rendered, but for the constants', () => {
    const known = new Set([...Object.keys(fieldOf), ...Object.keys(constants)]);
    assert.deepEqual(
      [...told].filter((name) => !known.has(name)),
      [],
    );
    fc.assert(
      fc.property(specs, (value) => {
        if (!parseCluster(value).ok) return;
        assert.deepEqual(
          [...names(value)].filter((name) => !known.has(name)),
          [],
        );
      }),
      { numRuns: 100 },
    );
  });

  it('holds none that no spec of the corpus renders', () => {
    assert.deepEqual(
      [...Object.keys(fieldOf), ...Object.keys(constants)].filter((name) => !told.has(name)),
      [],
    );
  });

  it('names fields that the stack file has', () => {
    const documented = readFileSync(join(import.meta.dirname, '../../docs/stack-file.md'), 'utf8');
    const missing = Object.values(fieldOf).filter(
      (field) => !documented.includes(`\`${field}\``) && !documented.includes(`\`${field}.`),
    );
    assert.deepEqual([...new Set(missing)], []);
  });
});
