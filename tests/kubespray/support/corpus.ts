import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { exampleCluster } from '../../support/example-clusters.ts';

const folder = join(import.meta.dirname, '..', 'corpus');

/** The specs of tests/kubespray/corpus, by the names of their folders; `every-field` is the one of the model's own tests. */
export const corpus: readonly string[] = [...new Set([...readdirSync(folder), 'every-field'])].sort();

/** Folder of one of them: cluster.yaml, and inventory/ as it is rendered. */
export function folderOf(name: string): string {
  return join(folder, name);
}

/** The raw value of its cluster.yaml; of `every-field` without the files that it points to, of which kubespray is told nothing. */
export function spec(name: string): Record<string, unknown> {
  if (name !== 'every-field') return parse(readFileSync(join(folder, name, 'cluster.yaml'), 'utf8'));
  const { policies, ...full } = exampleCluster('full');
  return { ...full, policies: { ...(policies as object), manifests: [] } };
}
