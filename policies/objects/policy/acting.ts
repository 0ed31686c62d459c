/** What the policies of a stack do to each other, computed once for all rules that ask. */
import { Analysis } from '../../../reachability/analysis/index.ts';
import { podsOfWorkloads, type Resource } from '../../../reachability/index.ts';
import type { Declared, DeclaredWorld, KubernetesObject, ObjectWant } from '../rule.ts';
import { nameOf, resourceOf, worldIn, worldWants } from '../world.ts';
import { isPolicy } from './kinds.ts';

export interface Acting {
  readonly analysis: Analysis;
  readonly resources: readonly Resource[];
  /** Absent where the stack says nothing of its cluster: then the objects are all there is. */
  readonly world?: DeclaredWorld;
}

interface Made {
  readonly of: unknown;
  readonly objects: readonly KubernetesObject[];
  readonly acting: Acting;
}

let last: Made | undefined;

/** Undefined where something that decides is not known yet, or belongs to one of several clusters. */
export function actingIn(declared: Declared): Acting | undefined {
  if (!declared.objects.some(isPolicy)) return undefined;
  const acted = worldIn(declared);
  if (acted !== undefined) {
    const { world, resources, declared: of } = acted;
    return kept(acted, declared.objects, () => {
      const calico = of.calico === undefined ? {} : { calico: of.calico };
      return { analysis: new Analysis(resources, { ...calico, world }), resources, world: of };
    });
  }
  if (declared.worlds.length > 0 || [...declared.objects, ...(declared.unread ?? [])].some(isHidden)) return undefined;
  return kept(undefined, declared.objects, () => {
    const given = declared.objects.map(resourceOf);
    const resources = [...given, ...podsOfWorkloads(given)];
    return { analysis: new Analysis(resources), resources };
  });
}

function kept(of: unknown, objects: readonly KubernetesObject[], make: () => Acting): Acting {
  const known = last !== undefined && isOf(last, of, objects) ? last : { of, objects, acting: make() };
  last = known;
  return known.acting;
}

function isOf(made: Made, of: unknown, objects: readonly KubernetesObject[]): boolean {
  return made.of === of && made.objects.length === objects.length && objects.every((one, i) => one === made.objects[i]);
}

/** Where there is a world: why it cannot be judged in. */
export function wantsOf(declared: Declared): ObjectWant[] {
  return [...declared.objects, ...(declared.unread ?? [])].some(isPolicy) ? worldWants(declared) : [];
}

function isHidden({ unknown }: KubernetesObject): boolean {
  return unknown.length > 0;
}

/** The object that a resource of the analysis was made of; undefined of what the stack does not make. */
export function objectOf({ objects }: Declared, resource: Resource): KubernetesObject | undefined {
  const { apiVersion, kind, metadata } = resource;
  return objects.find(
    (one) =>
      one.kind === kind &&
      one.name === metadata.name &&
      one.namespace === (metadata.namespace ?? 'default') &&
      groupOf(one.apiVersion) === groupOf(apiVersion),
  );
}

function groupOf(apiVersion: string): string {
  return apiVersion.split('/')[0] as string;
}

/** `NetworkPolicy production/allow-dns`; Calico's own says so where Kubernetes has a kind of that name. */
export function nameWith({ apiVersion, kind, metadata: { name, namespace = 'default' } }: Resource): string {
  const calico = kind === 'NetworkPolicy' && apiVersion.includes('projectcalico.org');
  return `${calico ? 'Calico ' : ''}${nameOf({ kind, name, namespace })}`;
}
