/**
 * The selectors of a v3 policy become one text about the labels that an endpoint carries and inherits. As upstream this is done on text,
 * so what it does to `all()` and `global()` is the same here (Calico v3.32.1 libcalico-go/lib/backend/syncersv1/updateprocessors).
 */
import { format, prefixed } from '../selector/node.ts';
import { parseSelector } from '../selector/parse.ts';

export const namespaceLabel = 'projectcalico.org/namespace';
export const orchestratorLabel = 'projectcalico.org/orchestrator';
export const serviceAccountLabel = 'projectcalico.org/serviceaccount';
/** The name of what labels are inherited from. */
export const nameLabel = 'projectcalico.org/name';
/** Before labels that come from the namespace and the service account. */
export const namespacePrefix = 'pcns.';
export const serviceAccountPrefix = 'pcsa.';

export interface EntitySelectors {
  readonly selector: string;
  readonly notSelector: string;
  readonly namespaceSelector: string;
  readonly serviceAccounts: { readonly names: readonly string[]; readonly selector: string };
}

/** The endpoints that a GlobalNetworkPolicy is for (globalnetworkpolicyprocessor.go:62-80). */
export function globalSelector(selector: string, namespaceSelector: string, serviceAccountSelector: string): string {
  let whole = selector;
  if (namespaceSelector !== '') {
    whole = joined(whole, namespaceSelector, namespacePrefix).replaceAll('all()', `has(${namespaceLabel})`);
  }
  if (serviceAccountSelector !== '') {
    whole = joined(whole, serviceAccountSelector, serviceAccountPrefix).replaceAll(
      'all()',
      `has(${serviceAccountLabel})`,
    );
  }
  return whole;
}

/** The endpoints that a NetworkPolicy is for: of its own namespace alone (networkpolicyprocessor.go:63-76). */
export function namespacedSelector(namespace: string, selector: string, serviceAccountSelector: string): string {
  const own = `${namespaceLabel} == '${namespace}'`;
  return joined(selector === '' ? own : `(${selector}) && ${own}`, serviceAccountSelector, serviceAccountPrefix);
}

/**
 * Whom a rule's source or destination means; `''` is anybody, known or not. In a namespaced policy any selector, `notSelector` too, keeps
 * it to the policy's own namespace unless a namespaceSelector says otherwise (rules.go getEndpointSelector).
 * @param namespace of the policy, `''` where it has none
 */
export function entitySelector(entity: EntitySelectors, namespace: string): string {
  const { namespaceSelector, notSelector } = entity;
  const ownSelectors = [accountsSelector(entity.serviceAccounts), entity.selector].filter((part) => part !== '');
  const [first = ''] = ownSelectors;
  const selector = ownSelectors.length > 1 ? `(${ownSelectors.join(') && (')})` : first;
  const from = namespacesOf(namespaceSelector, namespace);
  if (from === '' || (selector === '' && notSelector === '' && namespaceSelector === '')) return selector;
  return selector === '' ? from : `(${from}) && (${selector})`;
}

function namespacesOf(namespaceSelector: string, namespace: string): string {
  if (namespaceSelector !== '') {
    return withPrefix(namespaceSelector, namespacePrefix)
      .replaceAll('all()', `has(${namespaceLabel})`)
      .replaceAll('global()', `!has(${namespaceLabel})`);
  }
  return namespace === '' ? '' : `${namespaceLabel} == '${namespace}'`;
}

/** Names are alternatives; a selector beside them has to hold too (rules.go parseServiceAccounts). */
function accountsSelector({ names, selector }: EntitySelectors['serviceAccounts']): string {
  const labels = selector === '' ? '' : withPrefix(selector, serviceAccountPrefix);
  if (names.length === 0) return labels;
  const named = `${serviceAccountLabel} in { '${names.join("', '")}' }`;
  return labels === '' ? named : `(${labels}) && (${named})`;
}

function joined(current: string, selector: string, prefix: string): string {
  const more = selector === '' ? '' : withPrefix(selector, prefix);
  if (more === '') return current;
  return current === '' ? more : `(${current}) && ${more}`;
}

/** `''` of what is no selector, as upstream: it has been refused before it gets there. */
function withPrefix(selector: string, prefix: string): string {
  const parsed = parseSelector(selector);
  return parsed.ok ? format(prefixed(parsed.node, prefix)) : '';
}
