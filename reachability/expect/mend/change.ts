/** One change of a policy: how it is made in a list of resources, and the pieces that changes are made of. */
import { type Fields, fields, groupOf, list, type Resource, text, texts } from '../../raw.ts';
import type { Direction, Step } from '../../types.ts';
import type { Mend } from '../types.ts';

export type Change = Omit<Mend, 'and'>;

/** What is changed or removed is found by its name; what is added comes last. */
export function changed(resources: readonly Resource[], { does, object }: Change): Resource[] {
  const others = resources.filter((resource) => !isSame(resource, object));
  return does === 'remove' ? others : [...others, object];
}

function isSame(a: Resource, b: Resource): boolean {
  return (
    a.kind === b.kind &&
    groupOf(a) === groupOf(b) &&
    a.metadata.name === b.metadata.name &&
    (isGlobal(a) || (a.metadata.namespace ?? 'default') === (b.metadata.namespace ?? 'default'))
  );
}

function isGlobal({ kind }: Resource): boolean {
  return !['NetworkPolicy', 'NetworkSet'].includes(kind);
}

export function rulesIn({ spec }: Resource, direction: Direction): readonly Fields[] {
  return list(fields(spec)[direction]).map(fields);
}

/** The same policy with other rules in this direction; the direction stays its own, though there be no rule. */
export function withRules(policy: Resource, direction: Direction, rules: readonly Fields[]): Resource {
  const spec = fields(policy.spec);
  const named = policy.kind === 'NetworkPolicy' && groupOf(policy) === 'networking.k8s.io' ? 'policyTypes' : 'types';
  const explicit = named in spec || groupOf(policy) === 'policy.networking.k8s.io' ? {} : { [named]: typesOf(policy) };
  const { [direction]: _, ...others } = spec;
  return withSpec(policy, { ...others, ...explicit, ...(rules.length > 0 && { [direction]: rules }) });
}

export function withSpec(policy: Resource, spec: Fields): Resource {
  return { ...policy, spec };
}

/** Ingress and Egress as the API fills them in. */
function typesOf(policy: Resource): string[] {
  const [ingress, egress] = [rulesIn(policy, 'ingress').length > 0, rulesIn(policy, 'egress').length > 0];
  const kubernetes = groupOf(policy) === 'networking.k8s.io';
  return [...(ingress || !egress || kubernetes ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])];
}

/** Whether the policy, of Kubernetes' or of Calico's kind, governs the direction. */
export function governs(policy: Resource, direction: Direction): boolean {
  const spec = fields(policy.spec);
  const said = [...texts(spec.policyTypes), ...texts(spec.types)];
  const types = said.length > 0 ? said : typesOf(policy);
  return types.some((type) => type.toLowerCase() === direction);
}

export function isKubernetes(policy: Resource): boolean {
  return policy.kind === 'NetworkPolicy' && groupOf(policy) === 'networking.k8s.io';
}

export function isCalico(policy: Resource): boolean {
  return (
    ['NetworkPolicy', 'GlobalNetworkPolicy'].includes(policy.kind) && groupOf(policy).endsWith('projectcalico.org')
  );
}

/** The namespace left out of those whose pods the GlobalNetworkPolicy is for; undefined where it names none to leave one out of. */
export function withoutNamespace(policy: Resource, namespace: string): Resource | undefined {
  const name = 'kubernetes.io/metadata.name';
  const spec = fields(policy.spec);
  const selector = text(spec.namespaceSelector);
  // `not in` is true of what has no such label too, and a host endpoint has none.
  const before = selector === '' || selector === 'all()' ? `has(${name})` : selector;
  if (selector === 'global()') return undefined;
  const listed = /^(.*) not in \{([^}]*)\}$/.exec(selector);
  const whole =
    listed !== null && (listed[1] as string).endsWith(name)
      ? `${listed[1]} not in {${listed[2]}, '${namespace}'}`
      : `${before.includes('||') ? `(${before})` : before} && ${name} not in {'${namespace}'}`;
  return withSpec(policy, { ...spec, namespaceSelector: whole });
}

export function newPolicy(name: string, namespace: string, spec: Fields): Resource {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

/** No other of this kind and namespace has it. */
export function freeName(resources: readonly Resource[], wanted: string, namespace: string): string {
  const taken = new Set(
    resources
      .filter((r) => r.kind === 'NetworkPolicy' && r.metadata.namespace === namespace)
      .map((r) => r.metadata.name),
  );
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}-${i}`;
  return name;
}

/** Two steps of one policy. */
export function samePolicy(a: Step, b: Step): boolean {
  return a.kind === b.kind && a.policy === b.policy && a.tier === b.tier;
}
