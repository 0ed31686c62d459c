import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Cluster, formatFinding } from '../../cluster/index.ts';
import { type Facts, factsOf, planLines, planOf } from '../../kubespray/plan/index.ts';
import { change as rules } from '../../policies/rules/change/index.ts';
import { complete } from '../../policies/rules/index.ts';
import { assertGolden } from '../support/golden.ts';
import { clusterOf } from '../support/stacks.ts';

const folder = join(import.meta.dirname, 'plan');
const changes = readdirSync(folder);

function read(change: string, file: string): Cluster | undefined {
  const path = join(folder, change, file);
  return existsSync(path) ? clusterOf(parse(readFileSync(path, 'utf8'))) : undefined;
}

/** What a preview says of a change, and what the rules do. */
function decided(change: string) {
  const after = read(change, 'after.yaml') as Cluster;
  const facts = (cluster: Cluster): Facts => factsOf(cluster, `digest-of-${cluster.kubespray.version}`);
  const before = read(change, 'before.yaml');
  const applied = before && facts(before);
  const more = {
    removeDead: after.kubespray.removeDead,
    ...(after.migrate === undefined ? {} : { migrate: after.migrate }),
  };
  const plan = planOf(applied, facts(after), more);
  const subject = complete(applied === undefined ? {} : { change: { applied, desired: facts(after), ...more } });
  return { plan, findings: rules.flatMap((rule) => rule.judge(subject)) };
}

describe('what a change of the stack leads to', () => {
  for (const change of changes) {
    it(`${change}: in words, as data, and what is refused of it`, () => {
      const { plan, findings } = decided(change);
      const lines = [...planLines(plan), ...findings.map(formatFinding)];
      assertGolden(join(folder, change, 'golden/plan.txt'), lines.map((line) => `${line}\n`).join(''));
      assertGolden(join(folder, change, 'golden/plan.json'), `${JSON.stringify(plan, null, 2)}\n`);
    });
  }

  it('is nothing where only the way to a host, the order of the others, or a comment is another', () => {
    for (const change of ['nothing', 'connection-changed', 'order-changed']) {
      assert.deepEqual(decided(change), { plan: { first: false, differences: [], steps: [] }, findings: [] }, change);
    }
  });
});
