/** NetworkPolicy and GlobalNetworkPolicy of projectcalico.org/v3, as Calico hands them to Felix (…/syncersv1/updateprocessors/rules.go). */
import { type Net, parseNetOrAddress } from '../address.ts';
import { type Fields, fields, groupOf, list, number, type Resource, text, texts } from '../raw.ts';
import type { RuleAction } from '../types.ts';
import { type Entity, type Icmp, type Policy, portOf, protocolNumber, type Rule } from './policy.ts';
import { entitySelector, globalSelector, namespacedSelector } from './selectors.ts';

/** The tier of what names none. */
export const defaultTier = 'default';

export function calicoPolicy(resource: Resource): Policy {
  const { name, namespace = '' } = resource.metadata;
  const spec = fields(resource.spec);
  const global = resource.kind === 'GlobalNetworkPolicy';
  const own = global ? '' : namespace;
  const selector = text(spec.selector);
  const accounts = text(spec.serviceAccountSelector);
  const { ingress, egress } = directions(resource, spec);
  return {
    kind: global ? 'GlobalNetworkPolicy' : 'NetworkPolicy',
    name,
    namespace: own,
    tier: text(spec.tier) || defaultTier,
    order: number(spec.order) ?? Number.POSITIVE_INFINITY,
    selector: global
      ? globalSelector(selector, text(spec.namespaceSelector), accounts)
      : namespacedSelector(own, selector, accounts),
    ...(ingress && { ingress: list(spec.ingress).map((rule) => ruleOf(fields(rule), own)) }),
    ...(egress && { egress: list(spec.egress).map((rule) => ruleOf(fields(rule), own)) }),
    stage: spec.doNotTrack === true ? 'untracked' : spec.preDNAT === true ? 'preDNAT' : 'normal',
    onForward: spec.applyOnForward === true,
  };
}

/** The rules of a Profile, which are asked after every tier: what none of them matches goes on to the next profile. */
export function profileRules({ metadata, spec }: Resource): Policy {
  const rules = (of: unknown) => list(of).map((rule) => ruleOf(fields(rule), ''));
  const { ingress, egress } = fields(spec);
  return {
    kind: 'Profile',
    name: metadata.name,
    namespace: '',
    tier: '__PROFILE__',
    order: 0,
    selector: '',
    ingress: rules(ingress),
    egress: rules(egress),
    stage: 'normal',
  };
}

/**
 * `types` as the API server, calicoctl and the Go client fill it in (api/pkg/defaults/networkpolicy.go): no egress rules is Ingress alone.
 * A resource written past them, to crd.projectcalico.org, keeps none, which Felix takes for both (felix/calc/policy_sorter.go:196).
 */
function directions(resource: Resource, spec: Fields): { ingress: boolean; egress: boolean } {
  const types = texts(spec.types).map((type) => type.toLowerCase());
  if (types.length > 0) return { ingress: types.includes('ingress'), egress: types.includes('egress') };
  if (groupOf(resource) === 'crd.projectcalico.org') return { ingress: true, egress: true };
  const egress = list(spec.egress).length > 0;
  return { ingress: !egress || list(spec.ingress).length > 0, egress };
}

const actions: Readonly<Record<string, RuleAction>> = { allow: 'allow', deny: 'deny', pass: 'pass', log: 'log' };

function ruleOf(rule: Fields, namespace: string): Rule {
  const protocol = protocolNumber(rule.protocol);
  const notProtocol = protocolNumber(rule.notProtocol);
  const icmp = icmpOf(rule.icmp);
  const notIcmp = icmpOf(rule.notICMP);
  const ipVersion = rule.ipVersion;
  return {
    // Anything else has been refused before it gets here; nothing is let through by a word nobody knows.
    action: actions[text(rule.action).toLowerCase()] ?? 'deny',
    ...(ipVersion === 4 || ipVersion === 6 ? { ipVersion } : {}),
    ...(protocol !== undefined && { protocol }),
    ...(notProtocol !== undefined && { notProtocol }),
    ...(icmp && { icmp }),
    ...(notIcmp && { notIcmp }),
    source: entityOf(fields(rule.source), namespace),
    destination: entityOf(fields(rule.destination), namespace),
    ...(rule.http != null && { http: httpWords(fields(rule.http)) }),
  };
}

function entityOf(entity: Fields, namespace: string): Entity {
  const accounts = fields(entity.serviceAccounts);
  const notSelector = text(entity.notSelector);
  const selector = entitySelector(
    {
      selector: text(entity.selector),
      notSelector,
      namespaceSelector: text(entity.namespaceSelector),
      serviceAccounts: { names: texts(accounts.names), selector: text(accounts.selector) },
    },
    namespace,
  );
  const { name, namespace: of } = fields(entity.services);
  return {
    ...narrowed(selector, notSelector),
    nets: netsOf(entity.nets),
    notNets: netsOf(entity.notNets),
    ports: portsOf(entity.ports),
    notPorts: portsOf(entity.notPorts),
    // Left out, the namespace stays empty in v3.32.1, and no service is found; the API's text promises the policy's own (rules.go:156).
    ...(text(name) !== '' && { service: `${text(of)}/${text(name)}` }),
  };
}

/**
 * Beside a selector, `notSelector` takes endpoints out of it; alone, it is everything but those (felix/calc/rule_scanner.go
 * combineMatchesIfPossible).
 */
export function narrowed(selector: string, notSelector: string): Pick<Entity, 'selector' | 'notSelector'> {
  if (selector === '' || notSelector === '') return { selector, notSelector };
  return { selector: `(${selector}) && (!(${notSelector}))`, notSelector: '' };
}

/** What is no net is left out, as upstream: it has been refused before it gets there. */
export function netsOf(value: unknown): Net[] {
  return texts(value).flatMap((net) => parseNetOrAddress(net) ?? []);
}

function portsOf(value: unknown): Entity['ports'] {
  return list(value).flatMap((port) => portOf(port) ?? []);
}

/** A code without a type says nothing (felix/calc/rule_convert.go). */
function icmpOf(value: unknown): Icmp | undefined {
  const { type, code } = fields(value);
  if (typeof type !== 'number') return undefined;
  return { type, ...(typeof code === 'number' && { code }) };
}

function httpWords(http: Fields): string {
  const methods = texts(http.methods).join('|') || 'any method';
  const paths = list(http.paths).map((path) => {
    const { exact, prefix } = fields(path);
    return text(exact) || `${text(prefix)}*`;
  });
  return `HTTP ${methods} ${paths.join(' or ') || 'on any path'}`;
}
