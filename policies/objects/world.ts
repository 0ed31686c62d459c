/** The world that the policies of a stack act in: its objects, and what it says of the cluster beside them. */
import { isRecord } from '../../cluster/raw.ts';
import { podsOfWorkloads, type Resource, World } from '../../reachability/index.ts';
import type { Declared, DeclaredWorld, KubernetesObject, ObjectWant } from './rule.ts';

export interface ActedIn {
  readonly world: World;
  readonly resources: readonly Resource[];
  readonly declared: DeclaredWorld;
}

/** What was built last: every rule asks for the same. */
let last:
  | { readonly objects: readonly KubernetesObject[]; readonly of: DeclaredWorld; readonly made: ActedIn | undefined }
  | undefined;

/**
 * Undefined where the stack says nothing of a cluster, or tells of several: which of them an object goes to is not known here. Undefined
 * as well where part of it is known only after the `up`: a policy that nobody can read yet may decide anything. `worldWants` says which.
 */
export function worldIn(judged: Declared): ActedIn | undefined {
  const [declared, ...others] = judged.worlds;
  if (declared === undefined || others.length > 0) return undefined;
  const { objects } = judged;
  if (last !== undefined && last.of === declared && alike(last.objects, objects) && !judged.unread?.some(hidesSome))
    return last.made;
  const made = worldWants(judged).length > 0 ? undefined : worldOf(declared, objects);
  if (!judged.unread?.some(hidesSome)) last = { objects, of: declared, made };
  return made;
}

/** A pod of each Deployment and its like is part of it, so that what a program declares without a pod is judged. */
function worldOf(declared: DeclaredWorld, objects: readonly KubernetesObject[]): ActedIn {
  const whole = [...declared.resources, ...objects.filter((object) => !isPatch(object)).map(resourceOf)];
  const given = objects.filter(isPatch).reduce(patched, whole);
  const resources = [...given, ...podsOfWorkloads(given)];
  return {
    world: new World(resources, declared.calico === undefined ? {} : { calico: declared.calico }),
    resources,
    declared,
  };
}

/** `kubernetes:core/v1:NamespacePatch` has the kind of what it patches. */
export function isPatch({ urn, kind }: KubernetesObject): boolean {
  return !kind.endsWith('Patch') && /Patch$/.test(urn.split('::')[2] ?? '');
}

/** Lists are replaced, maps are merged, as a server does that knows no keys of lists. */
function patched(resources: Resource[], patch: KubernetesObject): Resource[] {
  const change = resourceOf(patch);
  const at = resources.findLastIndex((resource) => isSame(resource, change));
  const whole = resources[at];
  return whole === undefined ? [...resources, change] : resources.with(at, merged(whole, change) as Resource);
}

function merged(value: unknown, change: unknown): unknown {
  if (!isRecord(value) || !isRecord(change)) return change;
  return {
    ...value,
    ...Object.fromEntries(Object.entries(change).map(([key, inner]) => [key, merged(value[key], inner)])),
  };
}

function isSame(a: Resource, b: Resource): boolean {
  const group = ({ apiVersion }: Resource) => apiVersion.split('/').slice(0, -1).join('/');
  return (
    a.kind === b.kind &&
    group(a) === group(b) &&
    a.metadata.name === b.metadata.name &&
    (isGlobal(a.kind) || (a.metadata.namespace ?? 'default') === (b.metadata.namespace ?? 'default'))
  );
}

/** Why there is no world to judge in: nothing where there is one, or where the stack says nothing of a cluster. */
export function worldWants({ worlds, objects, unread = [] }: Declared): ObjectWant[] {
  const [world] = worlds;
  if (world === undefined) return [];
  if (worlds.length > 1) {
    const why = `the stack tells of ${worlds.length} clusters, and which of them an object goes to is not known`;
    const hint = 'Declare each cluster, with the policies that go there, in a stack of its own.';
    return worlds.map(({ urn }) => ({ urn, path: '', why, hint }));
  }
  const all = [...objects, ...unread];
  const whole = all.filter((object) => !isPatch(object)).map(resourceOf);
  const ofPatches = all
    .filter((object) => isPatch(object) && policyKinds.test(object.kind))
    .filter((object) => !whole.some((resource) => isSame(resource, resourceOf(object))))
    .map((object) => {
      const why = `${nameOf(object)} is patched here, and the rest of it is not in this stack`;
      return { urn: object.urn, path: 'spec', why, hint: 'Declare the whole of it in this stack.' };
    });
  const ofObjects = all.flatMap((object) =>
    hidden(object).map((path) => ({ urn: object.urn, path, why: `${path} of ${nameOf(object)} ${LATER}` })),
  );
  return [...inputWants(world, (path) => !/^(expect|origins)\b/.test(path)), ...ofObjects, ...ofPatches];
}

/** What of a world's own inputs nobody can use. */
export function inputWants(
  { urn, unknown = [], misshapen = [] }: DeclaredWorld,
  concerns: (path: string) => boolean,
): ObjectWant[] {
  return [
    ...unknown.filter(concerns).map((path) => ({ urn, path, why: `${path} ${LATER}` })),
    ...misshapen
      .filter(concerns)
      .map((path) => ({ urn, path, why: `${path} is not what belongs there`, hint: MISSHAPEN })),
  ];
}

const LATER = 'is known only after the up';
const MISSHAPEN = 'Give it as WorldArgs of components/world.ts describes it.';

/** Kinds that say who reaches whom, and those that say who is there. */
const policyKinds =
  /^(NetworkPolicy|GlobalNetworkPolicy|ClusterNetworkPolicy|AdminNetworkPolicy|BaselineAdminNetworkPolicy|Tier|NetworkSet|GlobalNetworkSet|HostEndpoint)$/;
const placeKinds = /^(Namespace|ServiceAccount|Node|Pod|Service|EndpointSlice|IPPool|FelixConfiguration|Profile)$/;
const workloadKinds = /^(Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob)$/;
/** Of what runs, all that a policy can tell apart. An environment variable that is not known yet is none of it. */
const ofPods = /(^|\.)(labels|hostNetwork|nodeName|serviceAccountName|ports)(\.|$)/;

/** Fields of an object that decide who reaches whom, and are known only after the `up`. */
function hidden({ kind, unknown }: KubernetesObject): string[] {
  if (unknown.length === 0) return [];
  const whole = (path: string) => /^(metadata|spec)(\.(name|namespace|labels)(\.|$)|$)/.test(path);
  if (policyKinds.test(kind) || (placeKinds.test(kind) && kind !== 'Pod')) {
    return unknown.filter((path) => whole(path) || path.startsWith('spec.'));
  }
  if (kind !== 'Pod' && !workloadKinds.test(kind)) return [];
  const within = ['spec', 'spec.template', 'spec.template.metadata', 'spec.template.spec', 'spec.jobTemplate'];
  return unknown.filter(
    (path) =>
      whole(path) ||
      within.includes(path) ||
      /\.containers(\.\d+)?$/.test(path) ||
      (path.startsWith('spec.') && ofPods.test(path)),
  );
}

function hidesSome(object: KubernetesObject): boolean {
  return hidden(object).length > 0;
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

/** `NetworkPolicy production/allow-dns`, as a person names it. */
export function nameOf({ kind, name, namespace }: Pick<KubernetesObject, 'kind' | 'name' | 'namespace'>): string {
  return isGlobal(kind) ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Whether objects of the kind have no namespace. */
export function isGlobal(kind: string): boolean {
  return globals.test(kind);
}

const globals =
  /^(Global|StagedGlobal|Cluster|Admin|BaselineAdmin|Namespace$|Node$|Tier$|HostEndpoint$|IPPool$|BGP|FelixConfiguration$|KubeControllers|IPAM|IPReservation$|Profile$)/;

function alike(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
