/** The world that the policies of a stack act in: its objects, and what it says of the cluster beside them. */
import type { Resource } from '../../reachability/index.ts';
import { World } from '../../reachability/index.ts';
import type { Declared, DeclaredWorld, KubernetesObject } from './rule.ts';

export interface ActedIn {
  readonly world: World;
  readonly resources: readonly Resource[];
  readonly declared: DeclaredWorld;
}

/** What was built last: every rule asks for the same. */
let last:
  | { readonly objects: readonly KubernetesObject[]; readonly of: DeclaredWorld; readonly made: ActedIn }
  | undefined;

/** Undefined where the stack says nothing of a cluster, or tells of several: which of them an object goes to is not known here. */
export function worldIn({ objects, worlds }: Declared): ActedIn | undefined {
  const [declared, ...others] = worlds;
  if (declared === undefined || others.length > 0) return undefined;
  if (last !== undefined && last.of === declared && alike(last.objects, objects)) return last.made;
  const resources = [...declared.resources, ...objects.map(resourceOf)];
  const world = new World(resources, declared.calico === undefined ? {} : { calico: declared.calico });
  const made = { world, resources, declared };
  last = { objects, of: declared, made };
  return made;
}

export function resourceOf({ apiVersion, kind, name, namespace, labels, spec }: KubernetesObject): Resource {
  return { apiVersion, kind, metadata: { name, namespace, labels }, spec };
}

/** The object that a resource was made of. */
export function objectNamed(
  { objects }: Declared,
  kind: string,
  name: string,
  namespace = 'default',
): KubernetesObject | undefined {
  return objects.find((object) => object.kind === kind && object.name === name && object.namespace === namespace);
}

function alike(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
