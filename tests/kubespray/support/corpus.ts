import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '..', 'corpus');

/** The specs of tests/kubespray/corpus, by the names of their folders; `every-field` is the one of the model's own tests. */
export const corpus: readonly string[] = [...new Set([...readdirSync(folder), 'every-field'])].sort();

/** Folder of one of them: cluster.yaml, and inventory/ as it is rendered. */
export function folderOf(name: string): string {
  return join(folder, name);
}

/** The raw value of its cluster.yaml. */
export function spec(name: string): Record<string, unknown> {
  const file =
    name === 'every-field' ? join(import.meta.dirname, '../../cluster/full.yaml') : join(folder, name, 'cluster.yaml');
  return parse(readFileSync(file, 'utf8'));
}
