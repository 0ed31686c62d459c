/**
 * Labels that a selector takes, so that a pod with just these can be made up: what a policy lets in is let in although nobody has
 * started such a pod yet.
 */
import type { ExpectedPods } from '../../cluster/types.ts';
import {
  nameLabel,
  namespaceLabel,
  namespacePrefix,
  orchestratorLabel,
  serviceAccountLabel,
} from '../policy/selectors.ts';
import { type Labels, matches, type Node } from '../selector/node.ts';
import { namespaceLabels, serviceAccountLabels } from '../world/endpoint.ts';

/** A pod that could be started. */
export interface Witness {
  /** Absent: in any namespace that has `namespaceLabels`. */
  readonly namespace?: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
}

/** Ways to meet a selector that are followed; a list of values has as many. */
const WAYS = 8;

/** Pods that the selector takes and that are `among` the expected ones; none where that cannot be, or is too deep to see. */
export function witnessesOf(selector: Node, among: ExpectedPods): Witness[] {
  return demands(selector).flatMap((demanded) => {
    const witness = witnessOf(demanded, among);
    return witness !== undefined && matches(selector, labelsOf(witness)) ? [witness] : [];
  });
}

type Demanded = ReadonlyMap<string, string>;

/** What labels must be, one map for each way; what must not be is left to the check afterwards. */
function demands(node: Node): Demanded[] {
  switch (node.kind) {
    case 'has':
      return [new Map([[node.label, 'any']])];
    case 'compare':
      return node.operator === '!=' ? [new Map()] : [new Map([[node.label, node.value]])];
    case 'set':
      if (node.operator === 'not in') return [new Map()];
      return [...node.values].slice(0, WAYS).map((value) => new Map([[node.label, value]]));
    case 'or':
      return node.operands.flatMap(demands).slice(0, WAYS);
    case 'and':
      return node.operands
        .map(demands)
        .reduce((ways, more) => ways.flatMap((a) => more.flatMap((b) => both(a, b))).slice(0, WAYS), [
          new Map(),
        ] as Demanded[]);
    default:
      return [new Map()];
  }
}

/** Nothing where they want two values of one label; that it be there at all is met by any. */
function both(a: Demanded, b: Demanded): Demanded[] {
  const joined = new Map(a);
  for (const [label, value] of b) {
    const known = joined.get(label);
    if (known !== undefined && known !== value && known !== 'any' && value !== 'any') return [];
    if (known === undefined || known === 'any') joined.set(label, value);
  }
  return [joined];
}

function witnessOf(demanded: Demanded, among: ExpectedPods): Witness | undefined {
  let { namespace } = among;
  let account = among.serviceAccount ?? '';
  const labels = new Map(Object.entries(among.pods ?? {}));
  const ofNamespace = new Map(Object.entries(among.namespaces ?? {}));
  const put = (into: Map<string, string>, label: string, value: string) => {
    const known = into.get(label);
    if (known !== undefined && value !== 'any' && known !== value) return false;
    if (known === undefined) into.set(label, value);
    return true;
  };
  for (const [label, value] of demanded) {
    const named = [namespaceLabel, namespacePrefix + nameLabel, `${namespacePrefix}kubernetes.io/metadata.name`];
    if (named.includes(label)) {
      if (value === 'any') continue;
      if (namespace !== undefined && namespace !== value) return undefined;
      namespace = value;
    } else if (label === serviceAccountLabel || label === `pcsa.${nameLabel}`) {
      if (account !== '' && value !== 'any' && account !== value) return undefined;
      account = account || value;
    } else if (label.startsWith(namespacePrefix)) {
      if (!put(ofNamespace, label.slice(namespacePrefix.length), value)) return undefined;
    } else if (label !== orchestratorLabel && !label.startsWith('pcsa.') && !put(labels, label, value))
      return undefined;
  }
  return {
    ...(namespace !== undefined && { namespace }),
    namespaceLabels: Object.fromEntries(ofNamespace),
    labels: Object.fromEntries(labels),
    serviceAccount: account,
  };
}

function labelsOf({ namespace = 'any', labels, serviceAccount, ...of }: Witness): Labels {
  return new Map([
    ...(serviceAccount === '' ? [] : serviceAccountLabels(serviceAccount, undefined)),
    ...namespaceLabels(namespace, of.namespaceLabels),
    ...Object.entries(labels),
    [namespaceLabel, namespace],
    [orchestratorLabel, 'k8s'],
    ...(serviceAccount === '' ? [] : ([[serviceAccountLabel, serviceAccount]] as const)),
  ]);
}
