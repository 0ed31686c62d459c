import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Cluster, parseCluster } from '../../cluster/index.ts';

const root = join(import.meta.dirname, '../..');

export const stacks = ['lab', 'dev', 'staging', 'prod'] as const;

/** The raw `calispray:cluster` of one of this repository's stacks. */
export function stackCluster(stack: string): Record<string, unknown> {
  return parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), 'utf8')).config['calispray:cluster'];
}

/** A cluster that is known to parse; its mistakes are the test's own. */
export function clusterOf(value: unknown): Cluster {
  const parsed = parseCluster(value);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return parsed.cluster;
}

/** A value with some of its fields otherwise: maps are merged one level deep, `nodes` is replaced. */
export function edited(value: object, change: object): Record<string, unknown> {
  const result: Record<string, unknown> = { ...value };
  for (const [key, part] of Object.entries(change)) {
    const old = result[key];
    result[key] = key !== 'nodes' && isMap(old) && isMap(part) ? { ...old, ...part } : part;
  }
  return result;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
