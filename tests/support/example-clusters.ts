import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Manifests, manifestPathsIn } from '../../cluster/index.ts';

const folder = join(import.meta.dirname, '../cluster');

/** A cluster of tests/cluster, `full` or `dual-stack`. */
export function exampleCluster(name: string): Record<string, unknown> {
  return parse(readFileSync(join(folder, `${name}.yaml`), 'utf8'));
}

/** The manifests beside it. */
export const exampleManifests: Manifests = Object.fromEntries(
  manifestPathsIn(exampleCluster('full'))
    .map((path) => path.replace(/\/$/, ''))
    .flatMap((path) => {
      const isFolder = statSync(join(folder, path)).isDirectory();
      return isFolder ? readdirSync(join(folder, path)).map((name) => `${path}/${name}`) : [path];
    })
    .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
);
