/** The project's folder and its stack files, read and parsed before any engine starts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { UserError } from '../cluster/finding.ts';
import type { Cluster } from '../cluster/index.ts';
import { nearest } from '../cluster/nearest.ts';

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
}

/** @throws UserError where the folder holds no Pulumi project */
export function findProject(cwd?: string): Project {
  const dir = cwd === undefined ? packageDir : resolve(cwd);
  const path = join(dir, 'Pulumi.yaml');
  if (!existsSync(path)) {
    throw UserError.of('no-project', '', `${dir} has no Pulumi.yaml`, 'name the folder of the project with --cwd');
  }
  const text = readFileSync(path, 'utf8');
  const { name, main } = mapping(text, path);
  if (typeof name !== 'string') {
    throw UserError.of('no-project', 'name', `${path} names no project`, 'add `name: calispray`');
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
  const text = readFileSync(path, 'utf8');
  const config = mapping(text, path).config;
  return { stack, path, text, config: isMapping(config) ? config : {} };
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
  const value = file.config[CLUSTER_KEY];
  if (value === undefined && project.dir !== packageDir) return undefined;
  return parse(value, file.path);
}

/** The cluster of a file that holds just that value. */
export async function clusterOfSpec(path: string): Promise<Cluster> {
  if (!existsSync(path)) {
    throw UserError.of('no-spec', '', `${path} does not exist`, 'name a file that holds a cluster');
  }
  return parse(mapping(readFileSync(path, 'utf8'), path), path);
}

async function parse(value: unknown, path: string): Promise<Cluster> {
  if (value === undefined) {
    throw UserError.of(
      'no-cluster',
      CLUSTER_KEY,
      `${path} declares no cluster`,
      'put it under `config:`, as Pulumi.dev.yaml does',
    );
  }
  const { parseCluster } = await import('../cluster/index.ts');
  const parsed = parseCluster(value);
  if (!parsed.ok) throw new UserError(parsed.findings);
  return parsed.cluster;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapping(text: string, path: string): Record<string, unknown> {
  const document = parseDocument(text);
  const broken = document.errors[0];
  if (broken !== undefined) {
    const [first = ''] = broken.message.split('\n');
    throw UserError.of('not-yaml', '', `${path} is not YAML: ${first.replace(/:$/, '')}`, 'mend the file at that line');
  }
  const value: unknown = document.toJS();
  if (!isMapping(value))
    throw UserError.of('not-yaml', '', `${path} holds no mapping`, 'see Pulumi.dev.yaml for an example');
  return value;
}
