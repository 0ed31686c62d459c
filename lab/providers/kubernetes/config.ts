import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { diffProperties, formatPath, same } from '../diff.ts';
import { type PropertyMap, reveal, Unknown } from '../properties.ts';
import type { DiffResult } from '../provider.ts';

/** What the provider resource says, as far as the stand-in follows it. */
export interface Settings {
  /** Content or path; where absent, $KUBECONFIG and ~/.kube/config are used. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  /** For namespaced objects that name none. */
  readonly namespace?: string;
  readonly upsertExistingObjects: boolean;
  readonly enablePatchForce: boolean;
  readonly deleteUnreachable: boolean;
  readonly enableConfigMapMutable: boolean;
  readonly enableSecretMutable: boolean;
}

/** `variables` are keyed `kubernetes:config:<name>`; a boolean is the text `true`, or stands in its environment variable. */
export function settingsFrom(variables: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv = process.env): Settings {
  const value = (name: string) => variables.get(`kubernetes:config:${name}`) || undefined;
  const flag = (name: string, variable: string) => (value(name) ?? env[variable]) === 'true';
  return {
    kubeconfig: value('kubeconfig'),
    context: value('context'),
    cluster: value('cluster'),
    namespace: value('namespace'),
    upsertExistingObjects:
      flag('upsertExistingObjects', 'PULUMI_K8S_UPSERT_EXISTING_OBJECTS') ||
      // From the command that serves this provider itself (cli/engine/session.ts).
      (value('upsertExistingObjects') === undefined && env.CALISPRAY_UPSERT === 'true'),
    enablePatchForce: flag('enablePatchForce', 'PULUMI_K8S_ENABLE_PATCH_FORCE'),
    deleteUnreachable: flag('deleteUnreachable', 'PULUMI_K8S_DELETE_UNREACHABLE'),
    enableConfigMapMutable: flag('enableConfigMapMutable', 'PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE'),
    enableSecretMutable: flag('enableSecretMutable', 'PULUMI_K8S_ENABLE_SECRET_MUTABLE'),
  };
}

const identity = 'clusterIdentifier';
const locating = ['kubeconfig', 'context', 'cluster'] as const;

/**
 * Whether a changed provider still means the same cluster. Objects of another cluster must be replaced, so: a changed
 * clusterIdentifier replaces; an unchanged one makes every other change an update; without one, an unknown or another active cluster
 * replaces (pulumi-kubernetes v4.32.0 provider/pkg/provider/provider.go DiffConfig).
 */
export async function diffConfig(olds: PropertyMap, news: PropertyMap): Promise<DiffResult> {
  const before = reveal(olds) as PropertyMap;
  const after = reveal(news) as PropertyMap;
  const changes = diffProperties(before, after);
  if (changes.length === 0) return { changed: false };
  const diffs = [...new Set(changes.map(({ path }) => formatPath(path.slice(0, 1))))];
  const was = before[identity];
  const is = after[identity];
  const stated = was !== undefined && was !== null && is !== undefined && is !== null;
  if (stated && same(was, is)) return { changed: true, diffs };
  const replaces = stated ? [identity] : [];
  const unknownKey = locating.find((key) => after[key] instanceof Unknown);
  if (unknownKey !== undefined) return { changed: true, diffs, replaces: [...replaces, unknownKey] };
  const oldCluster = await activeCluster(before);
  const newCluster = await activeCluster(after);
  if (oldCluster !== undefined && newCluster !== undefined && oldCluster !== newCluster) {
    replaces.push(...locating.filter((key) => diffs.includes(key)));
  }
  return { changed: true, diffs, replaces };
}

/** The cluster entry that a provider's inputs lead to, as text to compare; undefined where there is none to be found. */
async function activeCluster(inputs: PropertyMap): Promise<string | undefined> {
  if (typeof inputs.kubeconfig !== 'string') return undefined;
  const { parse } = await import('yaml');
  try {
    const config = parse(kubeconfigContent(inputs.kubeconfig));
    const context = inputs.context ?? config['current-context'];
    const named = config.contexts?.find((entry: { name: string }) => entry.name === context);
    const cluster = inputs.cluster ?? named?.context?.cluster;
    const entry = config.clusters?.find((candidate: { name: string }) => candidate.name === cluster);
    return entry === undefined ? undefined : JSON.stringify(entry.cluster);
  } catch {
    return undefined;
  }
}

/** The text of a kubeconfig that was given as content or as a path. */
export function kubeconfigContent(value: string): string {
  const path = value.startsWith('~/') ? homedir() + value.slice(1) : value;
  return value.includes('\n') || !existsSync(path) ? value : readFileSync(path, 'utf8');
}
