/** Changes that may let through, on one side, what an expectation wants: the smaller first. None is believed before it was tried. */
import type { Expectation, ExpectedEnd, ExpectedPods } from '../../../cluster/types.ts';
import { type Fields, fields, list, type Resource, textMap } from '../../raw.ts';
import { objectNamed, ruleNamed } from '../../rule-names.ts';
import { ruleText } from '../../rule-words.ts';
import type { Direction, Step } from '../../types.ts';
import type { Cast } from '../actors.ts';
import { endWords, portsOf, portWords } from '../ends.ts';
import { coreDns } from '../made-up.ts';
import {
  type Change,
  freeName,
  governs,
  isCalico,
  isKubernetes,
  newPolicy,
  rulesIn,
  withoutNamespace,
  withRules,
} from './change.ts';
import { calicoRules, kubernetesRule } from './rules.ts';

export interface Wanted {
  readonly cast: Cast;
  readonly resources: readonly Resource[];
  readonly expectation: Expectation;
}

/** @param steps that decided against it in this direction */
export function openings(wanted: Wanted, direction: Direction, steps: readonly Step[]): Change[] {
  const near = podsOf(direction === 'ingress' ? wanted.expectation.to : wanted.expectation.from);
  const kubernetes = near?.namespace === undefined ? [] : kubernetesOpenings(wanted, direction, near, near.namespace);
  const [closed, ruled] = [kubernetes.filter(({ empty }) => empty), kubernetes.filter(({ empty }) => !empty)];
  return [
    ...ruled.map(({ change }) => change),
    ...steps.flatMap((step) => allowInCalico(wanted, direction, step)),
    ...(near?.namespace === undefined ? [] : added(wanted, direction, near, near.namespace)),
    // A rule in what denies by default makes its name a lie, so a new policy is better.
    ...closed.map(({ change }) => change),
    ...(near?.namespace === undefined
      ? []
      : steps.flatMap((step) => leftOut(wanted, direction, step, near.namespace as string))),
    ...steps.flatMap((step) => withoutDeny(wanted, direction, step)),
  ];
}

export function podsOf(end: ExpectedEnd): ExpectedPods | undefined {
  return end.kind === 'pods' ? end : end.kind === 'dns' ? coreDns : undefined;
}

/** Policies of Kubernetes' own kind that are for all these pods already: a port or a peer of a rule, or a rule. */
function kubernetesOpenings(
  { cast, resources, expectation }: Wanted,
  direction: Direction,
  near: ExpectedPods,
  namespace: string,
): { change: Change; empty: boolean }[] {
  const rule = kubernetesRule(cast, expectation, direction, namespace);
  if (rule === undefined) return [];
  const peers = direction === 'ingress' ? 'from' : 'to';
  const fitting = resources
    .filter((one) => isKubernetes(one) && one.metadata.namespace === namespace && governs(one, direction))
    .filter(({ spec }) => isFor(fields(fields(spec).podSelector), near))
    .map((policy) => ({ policy, rules: rulesIn(policy, direction) }));
  const joined = fitting.flatMap(({ policy, rules }) =>
    rules.flatMap((known, index) => {
      const wider = widened(known, rule, peers);
      if (wider === undefined) return [];
      const object = withRules(policy, direction, rules.with(index, wider.rule));
      const summary = `add ${wider.what} to ${direction}[${index}] of ${nameOf(policy)}: ${ruleText(object, direction, index)}`;
      return { change: { does: 'change' as const, summary, object }, empty: false };
    }),
  );
  const further = fitting.map(({ policy, rules }) => {
    const object = withRules(policy, direction, [...rules, rule]);
    const summary = `add a rule to ${direction} of ${nameOf(policy)}: ${ruleText(object, direction, rules.length)}`;
    return { change: { does: 'change' as const, summary, object }, empty: rules.length === 0 };
  });
  return [...joined, ...further];
}

/** It has no expressions, and wants no label that these pods need not have. */
function isFor(selector: Fields, { pods = {} }: ExpectedPods): boolean {
  return (
    list(selector.matchExpressions).length === 0 &&
    textMap(selector.matchLabels).every(([key, value]) => pods[key] === value)
  );
}

/** A rule made to hold what is wanted, where one of the two is in the other: its ports, its peers, or both. */
function widened(known: Fields, wanted: Fields, peers: 'from' | 'to'): { rule: Fields; what: string } | undefined {
  const ports = union(list(known.ports), list(wanted.ports));
  const ends = union(list(known[peers]), list(wanted[peers]));
  // An empty list is everything: nothing can be added to it, and it cannot be added.
  if (ports === undefined || ends === undefined) return undefined;
  const whole = ports.added === 0 || ends.added === 0 || (ports.within && ends.within);
  if (!whole || ports.added + ends.added === 0) return undefined;
  const what = [...(ports.added > 0 ? ['ports'] : []), ...(ends.added > 0 ? ['peers'] : [])].join(' and ');
  return {
    rule: {
      ...known,
      ...(ends.all.length > 0 && { [peers]: ends.all }),
      ...(ports.all.length > 0 && { ports: ports.all }),
    },
    what,
  };
}

/** `within`: of the known there is nothing that is not wanted. */
function union(known: readonly unknown[], wanted: readonly unknown[]) {
  if ((known.length === 0) !== (wanted.length === 0)) return undefined;
  const [there, asked] = [known, wanted].map((all) => new Set(all.map((one) => JSON.stringify(one)))) as [
    Set<string>,
    Set<string>,
  ];
  const added = wanted.filter((one) => !there.has(JSON.stringify(one)));
  const within = known.every((one) => asked.has(JSON.stringify(one)));
  return { all: [...known, ...added], added: added.length, within };
}

/** Before the rule that denies, or after the last where the end of the tier does. */
function allowInCalico({ cast, resources, expectation }: Wanted, direction: Direction, step: Step): Change[] {
  const policy = policyOf(resources, direction, step);
  if (policy === undefined || !isCalico(policy)) return [];
  const rules = rulesIn(policy, direction);
  const more = calicoRules(cast, expectation, direction, policy, 'Allow');
  const index = step.index < 0 ? rules.length : step.index;
  const object = withRules(policy, direction, rules.toSpliced(index, 0, ...more));
  const what = more.length === 1 ? 'a rule' : `${more.length} rules`;
  const where =
    step.index < 0 ? `to ${direction} of ${nameOf(policy)}` : `before ${direction}[${index}] of ${nameOf(policy)}`;
  return [
    {
      does: 'change',
      summary: `add ${what} ${where} that ${more.length === 1 ? 'allows' : 'allow'} ${connectionWords(expectation)}`,
      object,
    },
  ];
}

function connectionWords(expectation: Expectation): string {
  const { from, to } = expectation;
  return `${endWords(from)} to reach ${endWords(to)} on ${portWords(portsOf(expectation))}`;
}

function added(
  { cast, resources, expectation }: Wanted,
  direction: Direction,
  near: ExpectedPods,
  namespace: string,
): Change[] {
  const rule = kubernetesRule(cast, expectation, direction, namespace);
  if (rule === undefined || near.serviceAccount !== undefined) return [];
  const far = direction === 'ingress' ? expectation.from : expectation.to;
  const wanted = `allow-${direction === 'ingress' ? 'from' : 'to'}-${slug(far)}`;
  const object = newPolicy(freeName(resources, wanted, namespace), namespace, {
    podSelector: near.pods === undefined ? {} : { matchLabels: near.pods },
    policyTypes: [direction === 'ingress' ? 'Ingress' : 'Egress'],
    [direction]: [rule],
  });
  return [{ does: 'add', summary: `add ${nameOf(object)}: ${ruleText(object, direction, 0)}`, object }];
}

/** A name that Kubernetes takes: small letters, digits and hyphens. */
function slug(end: ExpectedEnd): string {
  const words =
    end.kind === 'pods'
      ? [end.namespace, ...Object.values(end.pods ?? end.namespaces ?? {}), end.serviceAccount].filter(
          (word) => word !== undefined,
        )
      : [endWords(end).replace(/^the /, '')];
  const name = words
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return name === '' ? 'anyone' : name.slice(0, 50).replace(/-$/, '');
}

/** A GlobalNetworkPolicy that denies for others, and need not be for these. */
function leftOut({ resources }: Wanted, direction: Direction, step: Step, namespace: string): Change[] {
  const policy = policyOf(resources, direction, step);
  if (policy?.kind !== 'GlobalNetworkPolicy') return [];
  const object = withoutNamespace(policy, namespace);
  if (object === undefined) return [];
  return [
    { does: 'change', summary: `leave the namespace ${namespace} out of ${nameOf(policy)}: namespaceSelector`, object },
  ];
}

function withoutDeny({ resources }: Wanted, direction: Direction, step: Step): Change[] {
  const named = ruleNamed(resources, direction, step);
  if (named === undefined || step.index < 0) return [];
  const index = indexIn(named.field);
  const rules = rulesIn(named.resource, direction);
  const object = withRules(named.resource, direction, rules.toSpliced(index, 1));
  return [
    {
      does: 'change',
      summary: `remove ${direction}[${index}] of ${named.object}: ${ruleText(named.resource, direction, index)}`,
      object,
    },
  ];
}

/** The number of the rule in the list of its direction. */
export function indexIn(field: string | undefined): number {
  return Number(/\[(\d+)\]/.exec(field ?? '')?.[1] ?? 0);
}

export function policyOf(resources: readonly Resource[], direction: Direction, step: Step): Resource | undefined {
  return ruleNamed(resources, direction, step)?.resource;
}

/** As it is named everywhere else. */
export function nameOf({ kind, apiVersion, metadata }: Resource): string {
  const local = kind === 'NetworkPolicy';
  const policy = local ? `${metadata.namespace ?? 'default'}/${metadata.name}` : metadata.name;
  return objectNamed({
    kind: local && apiVersion.startsWith('networking.k8s.io') ? 'KubernetesNetworkPolicy' : kind,
    policy,
  });
}
