/** One change of a policy: how it is made in a list of resources, and the pieces that changes are made of. */
import { type Fields, fields, groupOf, list, type Resource, text, texts } from '../../raw.ts';
import type { Direction } from '../../types.ts';
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
  return withFields(policy, { [direction]: rules });
}

/** What a policy is for is said explicitly, as it is filled in before the change, and stands before its rules. */
export function withFields(policy: Resource, changes: Fields): Resource {
  const before = fields(policy.spec);
  const { ingress, egress, ...spec }: Fields = { ...before, ...typesOf(policy), ...changes };
  const rules = { ingress, egress };
  const left = Object.entries(rules).filter(([, all]) => list(all).length > 0);
  return { ...policy, spec: { ...spec, ...Object.fromEntries(left) } };
}

/** `types` or `policyTypes`, as the API fills them in where they are left out; nothing of a kind whose rules say it. */
function typesOf(policy: Resource): Fields {
  const kubernetes = isKubernetes(policy);
  if (!kubernetes && !isCalico(policy)) return {};
  const [ingress, egress] = [rulesIn(policy, 'ingress').length > 0, rulesIn(policy, 'egress').length > 0];
  const key = kubernetes ? 'policyTypes' : 'types';
  const said = texts(fields(policy.spec)[key]);
  if (said.length > 0) return { [key]: said };
  const types = [...(ingress || !egress || kubernetes ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])];
  return { [key]: types };
}

/** Whether the policy, of Kubernetes' or of Calico's kind, governs the direction. */
export function governs(policy: Resource, direction: Direction): boolean {
  const { policyTypes, types } = typesOf(policy);
  return [...texts(policyTypes), ...texts(types)].some((type) => type.toLowerCase() === direction);
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
  return withFields(policy, { namespaceSelector: whole });
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
