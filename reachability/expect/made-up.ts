/**
 * Pods that nobody has started yet: of each end with just its labels, in each namespace that it may be in; and, of what is denied, with
 * the labels that policies speak of.
 */
import type { Expectation, ExpectedEnd, ExpectedPods } from '../../cluster/types.ts';
import type { Policy } from '../policy/policy.ts';
import { type Fields, fields, list, type Resource, textMap } from '../raw.ts';
import type { Node } from '../selector/node.ts';
import { parseSelector } from '../selector/parse.ts';
import { carries, type NamespaceLabels } from './namespaces.ts';
import { type Witness, witnessesOf } from './witness.ts';

export interface MadeUp {
  readonly pod: Resource;
  /** `any pod of production (app=my-app)`. */
  readonly words: string;
  /** As what it is asked: a pod of one kind may talk to another of its kind, so each is made up for both. */
  readonly side: Side;
  /** The ends that it is the made up one of; none where a policy made us think of it. */
  readonly of: Set<ExpectedEnd>;
}

export type Side = 'source' | 'destination';

export interface MadeUps {
  readonly pods: readonly MadeUp[];
  /** The namespaces that have been made up for them. */
  readonly namespaces: readonly Resource[];
}

export const coreDns: ExpectedPods = { kind: 'pods', namespace: 'kube-system', pods: { 'k8s-app': 'kube-dns' } };

export function makeUp(
  resources: readonly Resource[],
  expectations: readonly Expectation[],
  policies: readonly Policy[],
  namespaces: ReadonlyMap<string, NamespaceLabels>,
): MadeUps {
  const making = new Making(resources, namespaces);
  const selectors = selectorsOf(policies);
  const done = new Set<string>();
  for (const { verdict, from, to } of expectations) {
    for (const [end, side] of [
      [from, 'source'],
      [to, 'destination'],
    ] as const) {
      const among = podsOf(end);
      if (among === undefined) continue;
      making.plain(among, side, end);
      // Of `anyone` in a hundred expectations there is one answer.
      const key = `${side} ${JSON.stringify(among)}`;
      if (verdict === 'allow' || done.has(key)) continue;
      done.add(key);
      for (const selector of selectors(side, among.namespace))
        for (const witness of witnessesOf(selector, among)) making.witness(witness, side);
    }
  }
  return making;
}

/** The pods that the end is about, of those that it is about pods at all. */
function podsOf(end: ExpectedEnd): ExpectedPods | undefined {
  switch (end.kind) {
    case 'pods':
      return end;
    case 'anyone':
    case 'others':
      return { kind: 'pods' };
    case 'dns':
      return coreDns;
    default:
      return undefined;
  }
}

/** What policies speak of: whom they are for, and whom their rules mean. A namespaced policy is for pods of its own. */
function selectorsOf(policies: readonly Policy[]) {
  const parsed = new Map<string, Node[]>();
  const read = (text: string): Node[] => {
    const known = parsed.get(text) ?? nodesOf(text);
    parsed.set(text, known);
    return known;
  };
  const peers = { source: new Set<string>(), destination: new Set<string>() };
  for (const { ingress = [], egress = [] } of policies) {
    for (const { source, destination } of [...ingress, ...egress]) {
      if (source.selector !== '') peers.source.add(source.selector);
      if (destination.selector !== '') peers.destination.add(destination.selector);
    }
  }
  return (side: Side, namespace: string | undefined): Node[] => {
    const direction = side === 'source' ? 'egress' : 'ingress';
    const subjects = policies
      .filter((policy) => policy[direction] !== undefined && policy.stage === 'normal')
      .filter((policy) => namespace === undefined || policy.namespace === '' || policy.namespace === namespace)
      .map(({ selector }) => selector);
    const single = [...new Set([...subjects, ...peers[side]])].flatMap(read);
    return [...single, ...together(subjects.flatMap(read), [...peers[side]].flatMap(read))];
  };
}

/** None of what is no selector. */
function nodesOf(text: string): Node[] {
  const read = parseSelector(text);
  return read.ok ? [read.node] : [];
}

/** More pairs of selectors than these are not looked at. */
const PAIRS = 400;

/** A pod may get through only where the policy that lets it out is for it, and the one that lets it in means it. */
function together(subjects: readonly Node[], peers: readonly Node[]): Node[] {
  if (subjects.length * peers.length > PAIRS) return [];
  return subjects.flatMap((subject) => peers.map((peer): Node => ({ kind: 'and', operands: [subject, peer] })));
}

interface Started {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly Fields[];
}

function startedOf({ metadata, spec }: Resource): Started {
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    labels: Object.fromEntries(textMap(metadata.labels)),
    ports: list(fields(spec).containers).flatMap((c) => list(fields(c).ports).map(fields)),
  };
}

/** Of pods with the same labels in one namespace one is enough. */
class Making implements MadeUps {
  readonly namespaces: Resource[] = [];
  private readonly found = new Map<string, MadeUp>();
  /** By namespace and one of their labels. */
  private readonly started = new Map<string, Started[]>();
  private readonly names = new Set<string>();
  private readonly known: ReadonlyMap<string, NamespaceLabels>;
  private readonly madeUp = new Map<string, string>();
  private readonly thoughtOf = new Set<string>();

  constructor(resources: readonly Resource[], known: ReadonlyMap<string, NamespaceLabels>) {
    for (const resource of resources) {
      if (resource.kind !== 'Pod') continue;
      const pod = startedOf(resource);
      this.names.add(`${pod.namespace}/${pod.name}`);
      for (const label of Object.entries(pod.labels)) {
        const key = `${pod.namespace} ${pair(label)}`;
        const alike = this.started.get(key) ?? [];
        this.started.set(key, alike);
        alike.push(pod);
      }
    }
    this.known = known;
  }

  get pods(): readonly MadeUp[] {
    return [...this.found.values()];
  }

  /** One in each namespace that the end may be in, and in one that nobody has named; none in a namespace that is not there. */
  plain(end: ExpectedPods, side: Side, of: ExpectedEnd): void {
    const { namespace, namespaces = {}, pods = {}, serviceAccount = '' } = end;
    const witness = { namespaceLabels: namespaces, labels: pods, serviceAccount };
    const fitting = this.carrying(namespaces);
    if (namespace !== undefined) {
      if (fitting.includes(namespace)) this.add({ ...witness, namespace }, side, of);
      return;
    }
    for (const name of fitting) this.add({ ...witness, namespace: name }, side, of);
    if (fitting.length > 0 || Object.keys(namespaces).length === 0)
      this.add({ ...witness, namespace: this.unnamed(namespaces) }, side, of);
  }

  /** In a namespace that the world has; where none carries the labels, in one that may well be there without the stack telling of it. */
  witness(witness: Witness, side: Side): void {
    const { namespace, namespaceLabels } = witness;
    if (namespace !== undefined) {
      const labels = this.known.get(namespace);
      if (labels !== undefined && !carries(labels, namespaceLabels)) return;
      if (labels === undefined) this.name(namespace, namespaceLabels);
      this.add({ ...witness, namespace }, side);
      return;
    }
    const fitting = Object.keys(namespaceLabels).length === 0 ? [] : this.carrying(namespaceLabels);
    for (const name of fitting.length > 0 ? fitting : [this.unnamed(namespaceLabels)])
      this.add({ ...witness, namespace: name }, side);
  }

  private carrying(wanted: NamespaceLabels): string[] {
    return [...this.known].flatMap(([name, labels]) => (carries(labels, wanted) ? name : []));
  }

  /** A namespace that nobody has named, with these labels. */
  private unnamed(labels: NamespaceLabels): string {
    const key = JSON.stringify(Object.entries(labels).sort());
    const known = this.madeUp.get(key);
    if (known !== undefined) return known;
    let name = 'any-other-namespace';
    while (this.known.has(name) || this.namespaces.some(({ metadata }) => metadata.name === name)) name += '-';
    this.madeUp.set(key, name);
    this.name(name, labels);
    return name;
  }

  private name(name: string, labels: NamespaceLabels): void {
    if (this.namespaces.some(({ metadata }) => metadata.name === name)) return;
    this.namespaces.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }

  private add(witness: Witness & { readonly namespace: string }, side: Side, of?: ExpectedEnd): void {
    const { namespace, labels, serviceAccount } = witness;
    const kind = JSON.stringify([side, namespace, Object.entries(labels).sort(), serviceAccount]);
    if (of === undefined && this.thoughtOf.has(kind)) return;
    this.thoughtOf.add(kind);
    for (const ports of this.portsOf(witness)) {
      const key = `${kind} ${JSON.stringify(ports)}`;
      const made = this.found.get(key) ?? {
        pod: this.podOf(witness, ports),
        words: this.wordsOf(witness),
        side,
        of: new Set(),
      };
      this.found.set(key, made);
      if (of !== undefined) made.of.add(of);
    }
  }

  /** A further pod of a workload names its ports as the others do; of any pod nobody knows what it serves. */
  private portsOf({ namespace, labels }: Witness): (readonly Fields[])[] {
    const [first] = Object.entries(labels);
    if (first === undefined) return [[]];
    const alike = (this.started.get(`${namespace} ${pair(first)}`) ?? []).filter((pod) => carries(pod.labels, labels));
    const lists = alike.map(({ ports }) => ports);
    return lists.length === 0 ? [[]] : [...new Map(lists.map((ports) => [JSON.stringify(ports), ports])).values()];
  }

  /** No pod of the world has it. */
  private nameIn(namespace: string): string {
    let name = `any-pod-${this.found.size + 1}`;
    while (this.names.has(`${namespace}/${name}`)) name += '-';
    return name;
  }

  private podOf(
    { namespace, labels, serviceAccount }: Witness & { readonly namespace: string },
    ports: readonly Fields[],
  ): Resource {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: this.nameIn(namespace), namespace, labels },
      spec: {
        containers: [{ name: 'any', ports }],
        ...(serviceAccount !== '' && { serviceAccountName: serviceAccount }),
      },
    };
  }

  private wordsOf({ namespace = '', labels, namespaceLabels, serviceAccount }: Witness): string {
    const own = [
      ...Object.entries(labels).map(pair),
      ...(serviceAccount === '' ? [] : [`service account ${serviceAccount}`]),
    ];
    const more = own.length === 0 ? '' : ` (${own.join(', ')})`;
    if (![...this.madeUp.values()].includes(namespace)) return `any pod of ${namespace}${more}`;
    const carrying = Object.entries(namespaceLabels).map(pair);
    return carrying.length === 0
      ? `any pod of any other namespace${more}`
      : `any pod of a namespace with ${carrying.join(', ')}${more}`;
  }
}

function pair([key, value]: readonly [string, string]): string {
  return `${key}=${value}`;
}
