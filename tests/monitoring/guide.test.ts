import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { metricsObjects } from '../../cluster/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';
import { clusters } from './clusters.ts';
import { knownMetrics } from './metrics/known.ts';

const root = join(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/monitoring.md'), 'utf8');
describe('docs/monitoring.md', () => {
  it('has examples that are stack files', () => {
    const examples = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => parse(text));
    assert.ok(examples.length > 0);
    for (const example of examples) clusterOf(edited(stackCluster('dev'), example));
  });

  it('names every Service and every group of alerts, and no others', () => {
    const objects = metricsObjects(clusters.iptables);
    const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
    const groups = objects.flatMap(({ spec }) => ((spec.groups ?? []) as { name: string }[]).map(({ name }) => name));
    assert.equal(groups.length, 9);
    const rows = [...guide.matchAll(/^\|.*$/gm)].map(([row]) => row);
    const named = rows.flatMap((row) => [...row.matchAll(/`(calico-[a-z-]+)`/g)].map(([, name]) => name));
    assert.deepEqual([...named].sort(), [...services, ...groups].sort());
  });

  it('names metrics that upstream makes, and the one that does not exist', () => {
    const known = new Set(knownMetrics());
    const named = [...guide.matchAll(/`((?:felix|ipam|typha|wireguard)_[a-z_]+)/g)].map(([, name = '']) => name);
    assert.ok(named.length > 10);
    assert.deepEqual(
      [...new Set(named.filter((name) => !known.has(name)))],
      ['felix_route_programming_duration_seconds'],
    );
  });
});
