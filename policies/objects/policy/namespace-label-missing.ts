import { isRecord } from '../../../cluster/raw.ts';
import { samplesOf } from '../../../reachability/analysis/samples.ts';
import { type Labels, matches, type Node } from '../../../reachability/index.ts';
import type { Declared, ObjectFinding, ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { type Acting, actingIn, wantsOf } from './acting.ts';
import { type End, endsOf } from './ends.ts';
import { isPolicy } from './kinds.ts';
import { namespacesOf, nodeOf } from './labels.ts';
import { listText } from './words.ts';

export const namespaceLabelMissing: ObjectRule = {
  code: 'namespace-label-missing',
  title: 'Some namespace carries the labels by which a policy means it',
  class: 'harmful',
  description:
    'A namespace does not carry its name as the label `name`: Kubernetes sets kubernetes.io/metadata.name, and nothing else by itself. A selector that no namespace meets is accepted and means nobody: what it should allow stays closed, what it should deny stays open.',
  reference:
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    const acting = actingIn(declared);
    if (acting === undefined) return [];
    return missingIn(declared, acting).map(({ urn, name, end, label, value }) =>
      findingOf(urn, name, end, label, value, acting),
    );
  },
  wanting: wantsOf,
  remedy(object, declared) {
    const others = declared.objects.filter(({ urn }) => urn !== object.urn);
    const whole = { ...declared, objects: [...others, object] };
    const acting = actingIn(whole);
    const missing = acting === undefined ? [] : missingIn(whole, acting).filter(({ urn }) => urn === object.urn);
    const known = acting === undefined ? new Map() : namespacesOf(acting);
    // A label that is no namespace's name may be meant for a namespace that should carry it.
    if (missing.length === 0 || missing.some(({ value }) => !known.has(value))) return undefined;
    const spec = structuredClone(object.spec);
    return missing.every(({ end, label, value }) => rename({ spec }, end.namespaces.path, label, value))
      ? spec
      : undefined;
  },
};

/** In the matchLabels at the path; false where the label does not stand there, as in Calico's own selectors. */
function rename(root: unknown, path: string, label: string, value: string): boolean {
  const at = path.split(/[.[\]]+/).filter((key) => key !== '');
  const selector = at.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], root);
  const labels = isRecord(selector) && isRecord(selector.matchLabels) ? selector.matchLabels : {};
  if (labels[label] !== value) return false;
  delete labels[label];
  labels['kubernetes.io/metadata.name'] = value;
  return true;
}

/** Every namespace has these by itself: where one is missing, the namespace is. */
const own = ['kubernetes.io/metadata.name', 'projectcalico.org/name'];

interface Missing {
  readonly urn: string;
  readonly name: string;
  readonly end: End & { readonly namespaces: NonNullable<End['namespaces']> };
  readonly label: string;
  readonly value: string;
}

function missingIn(declared: Declared, acting: Acting): Missing[] {
  const { objects } = declared;
  const namespaces = namespacesOf(acting);
  const missingLabel = missingLabelIn(declared, acting);
  return objects.flatMap((object) =>
    endsOf(object).flatMap((end): Missing[] => {
      if (end.namespaces === undefined) return [];
      const missing = missingLabel(end.namespaces.selector);
      // Who says nothing of his cluster may have other namespaces: only one that is there can lack a label.
      if (missing === undefined || (acting.world === undefined && !namespaces.has(missing.value))) return [];
      return [{ urn: object.urn, name: nameOf(object), end: { ...end, namespaces: end.namespaces }, ...missing }];
    }),
  );
}

/**
 * Tells of a selector the label for which no namespace meets it; undefined where one does, where a namespace itself is not there, and where
 * other selectors name namespaces that are made elsewhere: one of these may carry it.
 */
export function missingLabelIn({ objects }: Declared, acting: Acting) {
  const namespaces = namespacesOf(acting);
  const elsewhere = objects
    .flatMap(endsOf)
    .some(({ namespaces: end }) => end !== undefined && namesAnother(end.selector, namespaces));
  return (selector: string): ReturnType<typeof missingLabel> => {
    const missing = missingLabel(selector, namespaces);
    return elsewhere && missing !== undefined && !isMeantAsName(missing, namespaces) ? undefined : missing;
  };
}

/** Whether it names a namespace that nobody has declared. */
function namesAnother(selector: string, namespaces: ReadonlyMap<string, Labels>): boolean {
  const node = nodeOf(selector);
  if (node === undefined || namespaces.size === 0 || meets(node, namespaces)) return false;
  return samplesOf(node).some((labels) => labels.size > 0 && [...labels.keys()].every((label) => own.includes(label)));
}

/** The mistake that is made most: every namespace has its name in another label. */
function isMeantAsName(
  { label, value }: { label: string; value: string },
  known: ReadonlyMap<string, Labels>,
): boolean {
  return known.has(value) || label === 'name';
}

function missingLabel(
  selector: string,
  namespaces: ReadonlyMap<string, Labels>,
): { readonly label: string; readonly value: string } | undefined {
  const node = nodeOf(selector);
  if (node === undefined || namespaces.size === 0 || meets(node, namespaces)) return undefined;
  const wanted = samplesOf(node).map((labels) => [...labels]);
  // Whoever names a namespace that is not there may mean one that is made elsewhere.
  if (
    wanted.some((labels) => labels.every(([label, value]) => own.includes(label) || carried(label, value, namespaces)))
  )
    return undefined;
  const [first] = wanted.flatMap((labels) =>
    labels.filter(([label, value]) => !own.includes(label) && !carried(label, value, namespaces)),
  );
  return first && { label: first[0], value: first[1] };
}

export function meets(node: Node, namespaces: ReadonlyMap<string, Labels>): boolean {
  return [...namespaces.values()].some((labels) => matches(node, labels));
}

function carried(label: string, value: string, namespaces: ReadonlyMap<string, Labels>): boolean {
  return [...namespaces.values()].some((labels) => labels.get(label) === value);
}

function findingOf(
  urn: string,
  name: string,
  { namespaces, of }: Missing['end'],
  label: string,
  value: string,
  acting: Acting,
): ObjectFinding {
  const known = namespacesOf(acting);
  const means = of === 'policy' ? 'is for nobody' : 'means nobody there';
  const others = listText([...known.keys()].sort(), 6);
  const byName = isMeantAsName({ label, value }, known);
  return {
    urn,
    path: namespaces.path,
    message: `${name} selects namespaces with ${label}=${value}, which none of this stack carries (${others}), so it ${means}`,
    hint: byName
      ? `Write kubernetes.io/metadata.name: ${value}, which Kubernetes puts on the namespace by itself.`
      : `Give a namespace the label, or name it: kubernetes.io/metadata.name.`,
  };
}
