/** Pods by what made them, as a person names them; and pods for what has made none yet. */
import { fields, list, type Resource, text, textMap } from './raw.ts';

/** `namespace/name` of the workload, by `namespace/name` of the pod. */
export function workloadsOf(resources: readonly Resource[]): ReadonlyMap<string, string> {
  return new Map(
    resources
      .filter(({ kind }) => kind === 'Pod')
      .map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, `${pod.metadata.namespace}/${nameOf(pod)}`]),
  );
}

/** The controller without the digest that a Deployment gives its ReplicaSets; else what the usual labels say; else the pod itself. */
function nameOf({ metadata }: Resource): string {
  const labels = new Map(textMap(metadata.labels));
  const owner = list(fields(metadata).ownerReferences)
    .map(fields)
    .find(({ controller }) => controller === true);
  if (owner !== undefined) {
    const digest = `-${labels.get('pod-template-hash')}`;
    const name = text(owner.name);
    return text(owner.kind) === 'ReplicaSet' && name.endsWith(digest) ? name.slice(0, -digest.length) : name;
  }
  const label = ['app.kubernetes.io/name', 'app', 'k8s-app'].find((key) => (labels.get(key) ?? '') !== '');
  return label === undefined ? metadata.name : (labels.get(label) as string);
}

const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'];

/**
 * One pod for each workload that the world has no pod of, as in manifests that nobody applied yet: made of its template, without an
 * address. A ReplicaSet or Job that something else has made is that one's.
 */
export function podsOfWorkloads(resources: readonly Resource[]): Resource[] {
  const workloads = new Set(workloadsOf(resources).values());
  return resources.flatMap((resource) => {
    const { kind, metadata, spec } = resource;
    if (!kinds.includes(kind) || list(fields(metadata).ownerReferences).length > 0) return [];
    const outer = kind === 'CronJob' ? fields(fields(spec).jobTemplate).spec : spec;
    const template = fields(fields(outer).template);
    const { namespace = 'default', name } = metadata;
    const controller = { controller: true, kind, name };
    const inner = fields(template.metadata);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        labels: fields(inner.labels),
        annotations: fields(inner.annotations),
        ownerReferences: [controller],
      },
      spec: fields(template.spec),
    };
    return workloads.has(`${namespace}/${name}`) || template.spec === undefined ? [] : [pod];
  });
}
