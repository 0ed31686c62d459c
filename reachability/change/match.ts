/** Pods of two worlds that are the same workload's, though their names differ: as a cluster makes them anew, or as a stack promises them. */
import type { Resource } from '../raw.ts';
import { workloadsOf } from '../workloads.ts';

/** `after`, with pods of a workload that shares no pod with `before` named as those there, one by one; further ones keep their names. */
export function withPodsNamedAs(before: readonly Resource[], after: readonly Resource[]): Resource[] {
  const [was, is] = [podsByWorkload(before), podsByWorkload(after)];
  const renamed = new Map<Resource, Resource>();
  for (const [workload, pods] of is) {
    const known = was.get(workload) ?? [];
    const names = new Set(known.map(nameOf));
    if (known.length === 0 || pods.some((pod) => names.has(nameOf(pod)))) continue;
    for (const [i, pod] of pods.entries()) {
      const { name } = (known[i] ?? pod).metadata;
      renamed.set(pod, { ...pod, metadata: { ...pod.metadata, name } });
    }
  }
  return after.map((one) => renamed.get(one) ?? one);
}

/** Workloads that are in one world alone, by name. */
export function workloadsApart(before: readonly Resource[], after: readonly Resource[]) {
  const [was, is] = [podsByWorkload(before), podsByWorkload(after)];
  const only = (these: ReadonlyMap<string, unknown>, those: ReadonlyMap<string, unknown>) =>
    [...these.keys()].filter((name) => !those.has(name)).sort();
  return { gone: only(was, is), come: only(is, was) };
}

function podsByWorkload(resources: readonly Resource[]): Map<string, Resource[]> {
  const workloads = workloadsOf(resources);
  const pods = resources.filter(({ kind }) => kind === 'Pod');
  return Map.groupBy(pods, (pod) => workloads.get(nameOf(pod)) ?? nameOf(pod));
}

function nameOf({ metadata }: Resource): string {
  return `${metadata.namespace}/${metadata.name}`;
}
