/** Changes that may close, on one side, what an expectation denies: the smaller first. None is believed before it was tried. */
import type { Expectation, ExpectedEnd, ExpectedPods } from '../../../cluster/types.ts';
import { type Fields, fields, list, type Resource } from '../../raw.ts';
import { ruleNamed } from '../../rule-names.ts';
import { ruleText } from '../../rule-words.ts';
import type { Direction, Step } from '../../types.ts';
import { emptiness, endWords, pairs } from '../ends.ts';
import {
  type Change,
  freeName,
  governs,
  isCalico,
  isKubernetes,
  newPolicy,
  rulesIn,
  withFields,
  withoutNamespace,
  withRules,
} from './change.ts';
import { indexIn, nameOf, podsOf, policyOf, type Wanted } from './opening.ts';
import { calicoRules, kubernetesRules } from './rules.ts';

/**
 * @param steps that let it through in this direction
 * @param all expectations: what they allow has to stay
 */
export function closings(
  wanted: Wanted,
  direction: Direction,
  steps: readonly Step[],
  all: readonly Expectation[],
): Change[] {
  const near = podsOf(direction === 'ingress' ? wanted.expectation.to : wanted.expectation.from);
  const staying = all.filter((one) => {
    const { verdict, from, to } = one;
    const end = direction === 'ingress' ? to : from;
    return (
      verdict === 'allow' &&
      from.kind !== 'own-node' &&
      to.kind !== 'own-node' &&
      overlap(podsOf(end), near) &&
      emptiness(wanted.cast, one) === undefined
    );
  });
  const byPolicies = steps.filter(({ kind }) => kind !== 'Profile');
  return [
    // A rule that is for every pod of the cluster: to leave the namespace out changes nothing for the others.
    ...byPolicies.flatMap((step) => leftOut(wanted, direction, step, near?.namespace)),
    ...byPolicies.flatMap((step) => narrowed(wanted, direction, step, staying)),
    ...(near?.namespace === undefined ? [] : closedByDefault(wanted, direction, near, near.namespace, staying)),
    ...byPolicies.flatMap((step) => deniedBefore(wanted, direction, step, staying)),
    ...byPolicies.flatMap((step) => removed(wanted, direction, step)),
  ];
}

/** Pods that may be the same; undefined is anybody. */
function overlap(a: ExpectedPods | undefined, b: ExpectedPods | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  if (a.namespace !== undefined && b.namespace !== undefined && a.namespace !== b.namespace) return false;
  const [mine, others] = [a.pods ?? {}, b.pods ?? {}];
  return Object.entries(mine).every(([key, value]) => others[key] === undefined || others[key] === value);
}

function leftOut({ resources }: Wanted, direction: Direction, step: Step, namespace: string | undefined): Change[] {
  const policy = policyOf(resources, direction, step);
  if (policy?.kind !== 'GlobalNetworkPolicy' || namespace === undefined) return [];
  const object = withoutNamespace(policy, namespace);
  if (object === undefined) return [];
  const summary = `leave the namespace ${namespace} out of ${nameOf(policy)}, in its namespaceSelector`;
  return [{ does: 'change', summary, object }];
}

/** A rule that lets in more than is expected: without the peer, with what is expected in its place, or not at all. */
function narrowed(wanted: Wanted, direction: Direction, step: Step, staying: readonly Expectation[]): Change[] {
  const named = ruleNamed(wanted.resources, direction, step);
  if (named?.field === undefined || policyIsWide(named.resource)) return [];
  const { resource, field, object: name } = named;
  const index = indexIn(field);
  const rules = rulesIn(resource, direction);
  const rule: Fields = rules[index] ?? {};
  const peers = direction === 'ingress' ? 'from' : 'to';
  const peer = /\.(?:from|to)\[(\d+)\]$/.exec(field)?.[1];
  const change = (summary: string, now: readonly Fields[]): Change => ({
    does: 'change',
    summary,
    object: withRules(resource, direction, now),
  });
  const changes: Change[] = [];
  if (peer !== undefined) {
    const others = list(rule[peers]).filter((_, at) => at !== Number(peer));
    const text = ruleText(resource, direction, index, Number(peer));
    changes.push(change(`remove ${field} of ${name}: ${text}`, rules.with(index, { ...rule, [peers]: others })));
  }
  if (isKubernetes(resource) && staying.length > 0)
    changes.push(...onlyExpected(wanted, direction, resource, index, staying));
  const text = ruleText(resource, direction, index);
  changes.push(change(`remove ${direction}[${index}] of ${name}: ${text}`, rules.toSpliced(index, 1)));
  return changes;
}

/** In place of the rule, or of the whole policy where that is for more pods than anything is expected of. */
function onlyExpected(
  { cast }: Wanted,
  direction: Direction,
  policy: Resource,
  index: number,
  staying: readonly Expectation[],
): Change[] {
  const kept = kubernetesRules(cast, staying, direction, policy.metadata.namespace ?? 'default');
  if (kept.length < staying.length) return [];
  const what = `through only what ${staying.map(({ path }) => path).join(' and ')} wants`;
  const object = withRules(policy, direction, rulesIn(policy, direction).toSpliced(index, 1, ...kept));
  const changes: Change[] = [
    { does: 'change', summary: `let ${direction}[${index}] of ${nameOf(policy)} ${what}`, object },
  ];
  const [pods, ...others] = staying.map(({ from, to }) => podsOf(direction === 'ingress' ? to : from)?.pods);
  const alike = others.every((one) => JSON.stringify(one) === JSON.stringify(pods));
  if (pods !== undefined && alike && !governs(policy, direction === 'ingress' ? 'egress' : 'ingress')) {
    changes.push({
      does: 'change',
      summary: `let ${nameOf(policy)} be for pods with ${pairs(pods)} alone and let ${what}`,
      object: withFields(policy, { podSelector: { matchLabels: pods }, [direction]: kept }),
    });
  }
  return changes;
}

/** For pods of more than one namespace: without its rule it would close all of them. */
function policyIsWide({ kind }: Resource): boolean {
  return kind === 'GlobalNetworkPolicy';
}

/** Where no policy is for these pods, or none alone is enough: one that denies by default, but for what is expected. */
function closedByDefault(
  { cast, resources }: Wanted,
  direction: Direction,
  near: ExpectedPods,
  namespace: string,
  staying: readonly Expectation[],
): Change[] {
  const rules = kubernetesRules(cast, staying, direction, namespace);
  const policyTypes = [direction === 'ingress' ? 'Ingress' : 'Egress'];
  const podSelector = near.pods === undefined ? {} : { matchLabels: near.pods };
  const name = freeName(resources, `default-deny-${direction}`, namespace);
  const closed = newPolicy(name, namespace, { podSelector, policyTypes });
  const what = `closes ${direction} of ${endWords({ kind: 'pods', namespace, ...(near.pods && { pods: near.pods }) })}`;
  const changes: Change[] = [{ does: 'add', summary: `add ${nameOf(closed)}, which ${what}`, object: closed }];
  if (rules.length > 0) {
    const open = newPolicy(name, namespace, { podSelector, policyTypes, [direction]: rules });
    const words = staying.map(({ path }) => path).join(' and ');
    changes.push({
      does: 'add',
      summary: `add ${nameOf(open)}, which ${what} but for what ${words} wants`,
      object: open,
    });
  }
  return changes;
}

/** In a policy of Calico: before the rule that lets through, one that denies, behind those that let through what is expected. */
function deniedBefore(
  { cast, resources, expectation }: Wanted,
  direction: Direction,
  step: Step,
  staying: readonly Expectation[],
): Change[] {
  const policy = policyOf(resources, direction, step);
  if (policy === undefined || !isCalico(policy) || step.index < 0) return [];
  const rules = rulesIn(policy, direction);
  const far = direction === 'ingress' ? expectation.from : expectation.to;
  const kept = isEverybody(far) ? staying.flatMap((one) => calicoRules(cast, one, direction, policy, 'Allow')) : [];
  const denied = calicoRules(cast, expectation, direction, policy, 'Deny');
  const object = withRules(policy, direction, rules.toSpliced(step.index, 0, ...kept, ...denied));
  const but = kept.length === 0 ? '' : `, behind rules for what ${staying.map(({ path }) => path).join(' and ')} wants`;
  const what = `denies ${endWords(expectation.to)} to ${endWords(expectation.from)}`;
  const summary = `add a rule before ${direction}[${step.index}] of ${nameOf(policy)} that ${what}${but}`;
  return [{ does: 'change', summary, object }];
}

function isEverybody({ kind }: ExpectedEnd): boolean {
  return kind === 'others' || kind === 'anyone';
}

/** The whole policy, where nothing else in it is left to do. */
function removed({ resources }: Wanted, direction: Direction, step: Step): Change[] {
  const policy = policyOf(resources, direction, step);
  if (policy === undefined) return [];
  const both = [...list(fields(policy.spec).ingress), ...list(fields(policy.spec).egress)];
  return both.length > 1 ? [] : [{ does: 'remove', summary: `remove ${nameOf(policy)}`, object: policy }];
}
