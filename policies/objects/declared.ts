/** A cluster as the rules over objects see it, without any engine: what its stack file declares. */
import { originsOf, worldOf } from '../../cluster/declared.ts';
import { metricsObjects, namespaceObjects, policyObjects, poolObjects, release } from '../../cluster/index.ts';
import { type CheckGroup, checkGroups } from '../../cluster/types/verify.ts';
import type { Cluster } from '../../cluster/types.ts';
import { resourcesIn } from '../../reachability/world/read.ts';
import type { Subject } from '../rules/subject.ts';
import type { Declared, DeclaredWorld, KubernetesObject } from './rule.ts';
import { nameOf } from './world.ts';

/** What `calispray:reachability:World` is told of the cluster. */
export function worldInputs(cluster: Cluster): Omit<DeclaredWorld, 'urn' | 'unknown' | 'misshapen'> {
  const calico = cluster.calico.version ?? release(cluster.kubespray.version)?.calico;
  return {
    ...(calico === undefined ? {} : { calico }),
    resources: resourcesIn(worldOf(cluster)) ?? [],
    expect: cluster.expect,
    origins: originsOf(cluster),
    verifies: verifiedBy(cluster),
  };
}

/** Groups of checks that fail an `up`. */
function verifiedBy({ verify: { after, optional } }: Cluster): CheckGroup[] {
  if (after === 'never') return [];
  return checkGroups.filter((name) => !optional.some(({ group, node }) => group === name && node === undefined));
}

/** As the pack sees a preview of it; the URN of an object is its name. `subject` is what kubespray is told, of `subjectOf`. */
export function declaredBy(cluster: Cluster, subject: Subject): Declared {
  const objects = [
    ...namespaceObjects(cluster),
    ...policyObjects(cluster),
    ...poolObjects(cluster),
    ...metricsObjects(cluster),
  ];
  return {
    inventories: [{ urn: '', subject }],
    objects: objects.map(({ apiVersion, kind, metadata, spec }): KubernetesObject => {
      const {
        name,
        namespace = 'default',
        labels = {},
      } = metadata as { name: string; namespace?: string; labels?: object };
      const named = { kind, name, namespace };
      return { urn: nameOf(named), apiVersion, ...named, labels: { ...labels }, spec, unknown: [] };
    }),
    worlds: [{ urn: '', ...worldInputs(cluster) }],
  };
}
