import { type Change, diffProperties, formatPath, type Path } from '../diff.ts';
import { isMap, type PropertyMap, reveal } from '../properties.ts';
import type { DiffResult } from '../provider.ts';
import { isAutonamed, kindOfType } from './objects.ts';
import { isPatch } from './patch.ts';

/** Fields the API refuses to change, by group and kind (pulumi-kubernetes v4.32.0 provider/pkg/provider/diff.go). */
const immutable: Readonly<Record<string, readonly string[]>> = {
  'core/Service': ['spec.clusterIP'],
  'core/Secret': ['type'],
  'core/PersistentVolumeClaim': ['spec.accessModes', 'spec.selector', 'spec.storageClassName', 'spec.volumeName'],
  'apps/Deployment': ['spec.selector'],
  'apps/DaemonSet': ['spec.selector'],
  'apps/StatefulSet': ['spec.podManagementPolicy', 'spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates'],
  'batch/Job': ['spec.completions', 'spec.parallelism', 'spec.selector', 'spec.template'],
  'policy/PodDisruptionBudget': ['spec'],
  'rbac.authorization.k8s.io/RoleBinding': ['roleRef'],
  'rbac.authorization.k8s.io/ClusterRoleBinding': ['roleRef'],
  'storage.k8s.io/StorageClass': ['parameters', 'provisioner'],
};

/**
 * How an object's new inputs differ from its old ones, down to `spec.ingress[0].ports[0].port`. Another name, namespace or immutable
 * field replaces; the old object goes first where the new one has its name. `mutable`: what may change all the same; of a patch, `all`.
 */
export function diffObject(
  oldInputs: PropertyMap,
  news: PropertyMap,
  mutable: 'all' | { configMap: boolean; secret: boolean } = { configMap: false, secret: false },
): DiffResult {
  const { apiVersion, kind } = reveal(news) as { apiVersion?: unknown; kind?: unknown };
  const group = String(apiVersion).includes('/') ? String(apiVersion).split('/')[0] : 'core';
  const fixed =
    mutable === 'all'
      ? []
      : [
          ...(immutable[`${group}/${kind}`] ?? []),
          ...(group === 'core' && kind === 'ConfigMap' && !mutable.configMap ? ['data', 'binaryData'] : []),
          ...(group === 'core' && kind === 'Secret' && !mutable.secret ? ['data', 'stringData'] : []),
        ];
  const forced = ['metadata.name', 'metadata.namespace', ...fixed];
  const changes = diffProperties(oldInputs, news).filter((change) => !isDefaultNamespace(change, oldInputs, news));
  const detailed = new Map(
    changes.map((change) => [
      formatPath(change.path),
      { kind: change.kind, replace: forced.some((field) => within(change.path, field)) },
    ]),
  );
  const replaces = [...detailed].filter(([, change]) => change.replace).map(([path]) => path);
  return {
    changed: changes.length > 0,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && !isAutonamed(news) && sameName(oldInputs, news),
    detailed,
  };
}

function within(path: Path, field: string): boolean {
  return field.split('.').every((part, index) => path[index] === part);
}

/** An absent namespace and `default` are the same place. */
function isDefaultNamespace({ path }: Change, before: PropertyMap, after: PropertyMap): boolean {
  return within(path, 'metadata.namespace') && place(before).namespace === place(after).namespace;
}

function sameName(before: PropertyMap, after: PropertyMap): boolean {
  const [was, is] = [place(before), place(after)];
  return was.name !== undefined && was.name === is.name && was.namespace === is.namespace;
}

function place(inputs: PropertyMap) {
  const metadata = reveal(inputs.metadata);
  const { name, namespace } = isMap(metadata) ? metadata : {};
  return { name, namespace: namespace === undefined || namespace === null || namespace === '' ? 'default' : namespace };
}

/** Why a type is not served, or undefined: the stand-in keeps plain objects and patches of them, not Helm charts, lists or YAML files. */
export function unservedType(type: string, news: PropertyMap): string | undefined {
  const { kind } = kindOfType(type);
  const declared = reveal(news.kind);
  if ((declared === kind && !kind.endsWith('List')) || isPatch(type, declared)) return undefined;
  return `the lab's stand-in for the kubernetes provider keeps plain objects and patches; it does not serve ${type}`;
}
