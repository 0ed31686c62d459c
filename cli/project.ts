/** The project's folder and its stack files, read and parsed before any engine starts. */

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finding, UserError } from '../cluster/finding.ts';
import type { Cluster } from '../cluster/index.ts';
import { nearest } from '../cluster/nearest.ts';
import { isRecord } from '../cluster/raw.ts';
import type { Source } from '../cluster/yaml.ts';
import { besides, type Judge } from './left-over.ts';
import { nameOf, readYamlFile } from './read.ts';

/** This checkout (or installed package). */
export const packageDir = dirname(dirname(fileURLToPath(import.meta.url)));
/** The one config key of a stack that declares its cluster. */
export const CLUSTER_KEY = 'calispray:cluster';

export interface Project {
  dir: string;
  /** `name:` of Pulumi.yaml; part of every stack's name in the state. */
  name: string;
  /** The file whose default export is the program: `main:` of Pulumi.yaml. Default: index.ts. */
  program: string;
  /** The text of Pulumi.yaml. */
  text: string;
}

export interface StackFile {
  stack: string;
  path: string;
  text: string;
  config: Readonly<Record<string, unknown>>;
  source: Source;
}

/** A cluster that parsed, and the file that it was read from. */
export interface Spec {
  cluster: Cluster;
  source: Source;
  /** Where in the file the cluster stands: '' for a file that holds nothing else. */
  base: string;
}

/** @throws UserError where the folder holds no Pulumi project */
export function findProject(cwd?: string): Project {
  const dir = cwd === undefined ? packageDir : resolve(cwd);
  const path = join(dir, 'Pulumi.yaml');
  if (!existsSync(path)) {
    throw UserError.of('no-project', '', `${dir} has no Pulumi.yaml`, 'name the folder of the project with --cwd');
  }
  const { text, value } = readYamlFile(path);
  const { name, main } = value;
  if (typeof name !== 'string') {
    throw UserError.of('no-project', 'name', `${nameOf(path)} names no project`, 'add `name: calispray`');
  }
  return { dir, name, program: resolve(dir, typeof main === 'string' ? main : 'index.ts'), text };
}

/** @throws UserError where there is no such stack (with the nearest one) or its file is not YAML */
export function readStack(project: Project, stack: string): StackFile {
  const path = join(project.dir, `Pulumi.${stack}.yaml`);
  if (!/^[A-Za-z0-9_.-]+$/.test(stack) || !existsSync(path)) {
    const known = stacksOf(project);
    const near = nearest(stack, known);
    throw UserError.of(
      'unknown-stack',
      '',
      `there is no stack "${stack}": ${path} does not exist`,
      near === undefined ? `the stacks here are ${known.join(', ') || '(none)'}` : `did you mean ${near}?`,
    );
  }
  const source = readYamlFile(path);
  const { text, value } = source;
  return { stack, path, text, config: isRecord(value.config) ? value.config : {}, source };
}

export function stacksOf(project: Project): string[] {
  return readdirSync(project.dir)
    .map((file) => /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/**
 * The stack's cluster. A program of one's own may have none under `calispray:cluster`: then undefined, and only the engine judges.
 * @throws UserError with every finding of the parser, paths relative to the cluster
 */
export async function clusterOf(project: Project, file: StackFile): Promise<Cluster | undefined> {
  return (await specOf(project, file))?.cluster;
}

/** As clusterOf, with the places of its fields. `judge` adds what can be said of a mistyped cluster besides. */
export async function specOf(project: Project, file: StackFile, judge?: Judge): Promise<Spec | undefined> {
  const value = file.config[CLUSTER_KEY];
  if (value !== undefined) return parse(file.path, value, file.source, `config.${CLUSTER_KEY}`, judge);
  if (project.dir !== packageDir) return undefined;
  const hint = 'put it under `config:`, as Pulumi.dev.yaml does';
  throw UserError.of('no-cluster', CLUSTER_KEY, `${nameOf(file.path)} declares no cluster`, hint);
}

/**
 * The cluster of a file that holds just that value.
 * @throws UserError with every finding of the file and of the parser
 */
export async function specIn(path: string, judge?: Judge): Promise<Spec> {
  const source = readYamlFile(path);
  return parse(path, source.value, source, '', judge);
}

async function parse(path: string, value: unknown, stack: Source, base: string, judge?: Judge): Promise<Spec> {
  const [{ parseCluster, placesInManifests }, { readManifests }] = await Promise.all([
    import('../cluster/index.ts'),
    import('../components/manifests.ts'),
  ]);
  const folder = dirname(resolve(path));
  const manifests = readManifests(value, folder);
  const placeOf = placesInManifests(manifests);
  const source: Source = {
    ...stack,
    place(at, from) {
      const inManifest = placeOf(at);
      if (inManifest === undefined) return stack.place(at, from);
      return { ...inManifest, file: nameOf(resolve(folder, inManifest.file)) };
    },
  };
  const parsed = parseCluster(value, { manifests });
  if (parsed.ok) return { cluster: parsed.cluster, source, base };
  const more = judge === undefined ? [] : await besides(value, parsed.findings, judge, { manifests });
  const findings = [...parsed.findings, ...more].map((finding) => fromHere(finding, folder));
  throw new UserError(located(findings, source, base));
}

/** A mistake in a manifest has its place, in a file that is named from the folder of the stack. */
function fromHere(finding: Finding, folder: string): Finding {
  const { at } = finding;
  return at === undefined ? finding : { ...finding, at: { ...at, file: nameOf(resolve(folder, at.file)) } };
}

/** The findings with their places in the file, where they have none yet. */
export function located(findings: readonly Finding[], source: Source, base: string): Finding[] {
  return findings.map((finding) => ({ ...finding, at: finding.at ?? source.place(finding.path, base) }));
}
