/** What a world is made of, as a person names it: files and folders, a stack, a stack as git has it, its workloads alone, a live cluster. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { podsOfWorkloads, type Resource, resourcesIn, workloadsOf } from '../../reachability/index.ts';
import { specified } from '../commands/check.ts';
import { nameOf } from '../read.ts';
import { terminal } from '../report.ts';
import { documentsIn } from './documents.ts';

export type Source =
  | { readonly kind: 'files'; readonly path: string }
  /** `workloads`: without its policies and what they refer to. */
  | { readonly kind: 'stack' | 'workloads'; readonly stack: string; readonly revision?: string }
  | { readonly kind: 'spec'; readonly path: string }
  /** Of a stack, or of a kubeconfig. */
  | { readonly kind: 'live'; readonly stack: string }
  | { readonly kind: 'live'; readonly kubeconfig: string; readonly context?: string };

export interface Where {
  readonly cwd?: string;
  /** What `live` alone means. */
  readonly live?: Source;
}

/**
 * `stack:NAME`, `stack:NAME@REVISION`, `workloads:NAME` (and with a revision), `live`, `live:NAME`, `kubeconfig:FILE`; all else is a file or a folder.
 * @throws UserError `no-question` where `live` alone means nothing here
 */
export function sourceNamed(text: string, { live }: Where): Source {
  const [, word, rest = ''] = /^(stack|workloads|live|kubeconfig):(.+)$/.exec(text) ?? [];
  if (word === 'live') return { kind: 'live', stack: rest };
  if (word === 'kubeconfig') return { kind: 'live', kubeconfig: rest };
  if (word === 'stack' || word === 'workloads') {
    const at = rest.indexOf('@');
    return at < 0
      ? { kind: word, stack: rest }
      : { kind: word, stack: rest.slice(0, at), revision: rest.slice(at + 1) };
  }
  if (text !== 'live') return { kind: 'files', path: text };
  if (live !== undefined) return live;
  const hint = 'Write live:NAME for that of a stack, or give --stack NAME or --kubeconfig FILE.';
  throw UserError.of('no-question', '', '`live` does not say which cluster', hint);
}

export interface Loaded {
  readonly resources: readonly Resource[];
  /** Of the live cluster, else of the stack; undefined where neither says. */
  readonly calico?: string;
}

interface Part extends Loaded {
  /** Of a stack: promises, which give way to what is really there. */
  readonly declared: boolean;
}

/** The sources put together: of two resources of one kind and name the last counts. Pods are made up for workloads without any. */
export async function load(sources: readonly Source[], where: Where): Promise<Loaded> {
  const parts: Part[] = [];
  for (const source of sources) parts.push(await partOf(source, where));
  const given = together(parts);
  const calico =
    parts.findLast((part) => part.calico !== undefined && !part.declared) ??
    parts.findLast((part) => part.calico !== undefined);
  return {
    resources: [...given, ...podsOfWorkloads(given)],
    ...(calico?.calico !== undefined && { calico: calico.calico }),
  };
}

/** What a stack says of these it says without knowing all; where another source has it, that one knows more. */
const known = ['Node', 'Namespace', 'Service', 'ServiceAccount', 'Pod', 'IPPool', 'FelixConfiguration'];

function together(parts: readonly Part[]): readonly Resource[] {
  const [only] = parts;
  // The engine itself counts the last of a file's own.
  if (parts.length === 1 && only !== undefined) return only.resources;
  const real = parts.filter(({ declared }) => !declared).flatMap(({ resources }) => resources);
  const there = new Set(real.map(keyOf));
  const workloads = new Set(workloadsOf(real).values());
  const found = new Map<string, Resource>();
  for (const { declared, resources } of parts) {
    const promised = declared ? workloadsOf(resources) : undefined;
    for (const resource of resources) {
      const { kind, metadata } = resource;
      if (promised !== undefined && known.includes(kind)) {
        if (there.has(keyOf(resource))) continue;
        if (kind === 'Pod' && workloads.has(promised.get(`${metadata.namespace}/${metadata.name}`) ?? '')) continue;
      }
      found.set(keyOf(resource), resource);
    }
  }
  return [...found.values()];
}

const clusterScoped =
  /^(Namespace|Node|GlobalNetworkPolicy|GlobalNetworkSet|StagedGlobalNetworkPolicy|Tier|HostEndpoint|IPPool|FelixConfiguration|Profile|(Cluster|Admin|BaselineAdmin)NetworkPolicy)$/;

/** The same for either of Calico's groups, in which one resource may be written. */
export function keyOf({ apiVersion, kind, metadata }: Resource): string {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
  const namespace = clusterScoped.test(kind) ? '' : metadata.namespace;
  return `${group.replace(/^crd\./, '')}/${kind}/${namespace}/${metadata.name}`;
}

async function partOf(source: Source, { cwd }: Where): Promise<Part> {
  const at = cwd === undefined ? {} : { cwd };
  switch (source.kind) {
    case 'files':
      return { resources: filesAt(source.path).flatMap(resourcesOf), declared: false };
    case 'spec':
      return declaredBy(await specified({ spec: source.path, ...at }), 'stack');
    case 'stack':
    case 'workloads': {
      const { stack, revision, kind } = source;
      if (revision === undefined) return declaredBy(await specified({ stack, ...at }), kind);
      const { clusterAt } = await import('./git.ts');
      return declaredBy(await clusterAt(stack, revision, cwd), kind);
    }
    case 'live':
      return { ...(await liveOf(source, cwd)), declared: false };
  }
}

async function liveOf(source: Source & { kind: 'live' }, cwd: string | undefined): Promise<Loaded> {
  const [{ apiServerOf }, { readLive }] = await Promise.all([import('./api-server.ts'), import('./live.ts')]);
  let server: Awaited<ReturnType<typeof apiServerOf>>;
  if ('stack' in source) {
    const { kubeconfigOf } = await import('./stack-kubeconfig.ts');
    server = await apiServerOf(await kubeconfigOf(source.stack, cwd));
  } else {
    server = await apiServerOf(kubeconfigIn(source.kubeconfig), source.context);
  }
  return readLive(server, terminal.err);
}

/** Far more than a kubeconfig of a thousand clusters takes. */
const MOST_KUBECONFIG = 8 * 1024 * 1024;

function kubeconfigIn(path: string): string {
  const hint = 'Check the name, and who may read it.';
  try {
    const status = statSync(path);
    if (status.isFile() && status.size <= MOST_KUBECONFIG) return readFileSync(path, 'utf8');
  } catch (error) {
    throw UserError.of(
      'no-such-file',
      '',
      `the kubeconfig ${nameOf(path)} cannot be read: ${(error as Error).message}`,
      hint,
    );
  }
  throw UserError.of('not-a-file', '', `${nameOf(path)} is no kubeconfig`, hint);
}

/** Files of a folder in the order of their names, those of folders in it too. */
function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch {
    // What is wrong with it is said where it is read.
    return [path];
  }
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort();
  if (files.length > 0) return files.map((name) => join(path, name));
  throw UserError.of('no-resource', '', `${nameOf(path)} has no file *.yaml, *.yml or *.json`, 'Name another folder.');
}

/** @throws UserError as documentsIn, and `no-resource` where a document is none */
export function resourcesOf(path: string): Resource[] {
  return documentsIn(path).flatMap((document) => {
    const found = resourcesIn(document);
    if (found !== undefined) return found;
    const what = `${path} holds what is no resource: ${String(JSON.stringify(document)).slice(0, 200)}`;
    throw UserError.of('no-resource', '', what, 'Give a list of Kubernetes resources, or documents of one each.');
  });
}

async function declaredBy(cluster: Cluster, kind: 'stack' | 'workloads'): Promise<Part> {
  const { declaredObjects, worldOf } = await import('../../cluster/declared.ts');
  const calico = await calicoOf(cluster);
  return {
    resources: resourcesIn(kind === 'stack' ? declaredObjects(cluster) : worldOf(cluster)) ?? [],
    declared: true,
    ...(calico !== undefined && { calico }),
  };
}

/** What is declared, else what the release of kubespray brings. */
async function calicoOf({ calico, kubespray }: Cluster): Promise<string | undefined> {
  if (calico.version !== undefined) return calico.version;
  const { release } = await import('../../cluster/releases.ts');
  return release(kubespray.version)?.calico;
}
