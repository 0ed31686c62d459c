/**
 * Everybody whom the rules of a world could mean: its own pods, nodes and addresses, and stand-ins for pods that somebody may start
 * tomorrow: in each namespace one that carries no label, and for each selector one that carries just what it asks for. What is true of a
 * rule with them all is true of more than what happens to be declared.
 */
import { type Address, formatAddress } from '../address.ts';
import { poolsOf } from '../expect/pool.ts';
import { outsideOf } from '../outside.ts';
import {
  nameLabel,
  namespaceLabel,
  namespacePrefix,
  orchestratorLabel,
  serviceAccountPrefix,
} from '../policy/selectors.ts';
import { fields, type Resource } from '../raw.ts';
import { type Labels, matches, type Node } from '../selector/node.ts';
import { parseSelector } from '../selector/parse.ts';
import { namespaceLabels } from '../world/endpoint.ts';
import type { Located, Place } from '../world/universe.ts';
import { World, type WorldOptions } from '../world/world.ts';
import { Free, netsIn, unique as uniqueNets } from './addresses.ts';
import { meansHosts } from './hosts.ts';
import { type Mention, samplesOf, turnedAway } from './samples.ts';

/** One end of a connection that is asked about. */
export interface Someone {
  /** `pod` of the world, `stranger` that carries no label, `stand-in` of a selector, `mixture` of two; `tunnel` of a node, or, without an encapsulation, `spare` address of a pool. */
  readonly kind: 'pod' | 'stranger' | 'stand-in' | 'mixture' | 'host' | 'node' | 'tunnel' | 'spare' | 'outside';
  /** As a query names it. */
  readonly name: string;
  /** As a person does. */
  readonly words: string;
  /** Of a pod. */
  readonly namespace?: string;
  readonly place: Place;
  readonly located?: Located;
}

export interface People {
  /** The world with stand-ins, in which every pod has an address as far as pools are known. */
  readonly world: World;
  /** What that world is made of. */
  readonly resources: readonly Resource[];
  /** Names of the stand-ins. */
  readonly made: ReadonlySet<string>;
  /** The world's own before stand-ins. */
  readonly everybody: readonly Someone[];
  /** Labels of each namespace, as pods inherit them. */
  readonly namespaces: ReadonlyMap<string, Labels>;
}

/** In a world of more selectors the rest has no stand-in: less is found then, and what is found still holds for all that is declared. */
const MOST = 600;
/** Of a selector that means pods of every namespace. */
const NAMESPACES = 8;
/** A namespace that nobody has made yet. */
const NOBODYS = 'any-other';

interface StandIn {
  readonly kind: 'stranger' | 'stand-in' | 'mixture';
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly words: string;
  readonly addresses: readonly Address[];
}

/** @param base the world of the resources, where it has been made */
export function peopleOf(
  resources: readonly Resource[],
  options: WorldOptions = {},
  base: World = new World(resources, options),
): People {
  const every = poolsOf(resources);
  const pools = uniqueNets(every.filter((pool) => pool.pods).map(({ net }) => net));
  const { endpoints, nodes } = base.parts;
  const taken = [
    ...endpoints.flatMap(({ addresses }) => addresses),
    ...[...nodes.values()].flat(),
    ...[...base.services.values()].flatMap(({ clusterIps }) => clusterIps),
  ];
  const free = new Free(pools, netsIn(base), taken);
  const namespaces = namespacesIn(resources, base);
  const own = resources.map((resource) => withAddress(resource, base, free));
  const standIns = [...strangers(namespaces, free), ...selected(base, namespaces, free)];
  // Tunnels of nodes have addresses of the pools, in any part of them.
  const spare = [...free.one(), ...free.parts().map(({ address }) => address)];
  const madeUp = new Set(standIns.map(({ namespace }) => namespace).filter((name) => !namespaces.has(name)));
  const all = [...own, ...[...madeUp].map(namespaceOf), ...standIns.map(podOf)];
  const world = new World(all, options);
  const made = new Map(standIns.map((standIn) => [`${standIn.namespace}/${standIn.name}`, standIn]));
  return {
    world,
    resources: all,
    namespaces,
    made: new Set(made.keys()),
    everybody: [
      ...pods(world, made),
      ...nodesOf(world),
      ...spare.map((address) => ({
        kind: nodes.size > 0 && every.some(({ tunnels }) => tunnels) ? ('tunnel' as const) : ('spare' as const),
        name: formatAddress(address),
        words: formatAddress(address),
        place: world.universe.placeOf(address),
      })),
      ...outsideOf(world, pools).map(({ name, address, party }) => ({
        kind: 'outside' as const,
        name: address,
        words: name,
        place: party.places[0] as Place,
      })),
    ],
  };
}

/** Those of the world's own come first, so that they are the ones that are named. */
function pods(world: World, made: ReadonlyMap<string, StandIn>): Someone[] {
  return [...world.universe.located.values()].flatMap((located): Someone[] => {
    const { id, kind } = located.endpoint;
    const standIn = made.get(id);
    const namespace = kind === 'pod' ? { namespace: id.slice(0, id.indexOf('/')) } : {};
    return located.places.map((place) => ({
      kind: kind === 'host' ? 'host' : (standIn?.kind ?? 'pod'),
      name: kind === 'host' && place.address !== undefined ? formatAddress(place.address) : id,
      words: standIn?.words ?? (kind === 'host' ? `host endpoint ${id.slice(id.indexOf('/') + 1)}` : id),
      ...namespace,
      place,
      located,
    }));
  });
}

function nodesOf(world: World): Someone[] {
  return [...world.parts.nodes]
    .flatMap(([node, addresses]) =>
      addresses.map((address) => {
        const place = world.universe.placeOf(address);
        const name = formatAddress(address);
        return { kind: 'node' as const, name, words: `node ${node} (${name})`, place, located: place.endpoints[0] };
      }),
    )
    .map(({ located, ...node }) => (located === undefined ? node : { ...node, located }));
}

/** Namespaces that are declared, and those that something says it is in. */
function namespacesIn(resources: readonly Resource[], world: World): Map<string, Labels> {
  const names = [
    ...world.parts.policies.map(({ namespace }) => namespace),
    ...[...world.universe.located.values()].flatMap(({ endpoint: { id, kind } }) =>
      kind === 'pod' ? id.slice(0, id.indexOf('/')) : [],
    ),
  ].filter((name) => name !== '');
  return new Map([
    ...names.map((name): [string, Labels] => [name, namespaceLabels(name, undefined)]),
    ...resources
      .filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1')
      .map(({ metadata: { name, labels } }): [string, Labels] => [name, namespaceLabels(name, labels)]),
  ]);
}

function withAddress(resource: Resource, world: World, free: Free): Resource {
  if (resource.kind !== 'Pod') return resource;
  const { name, namespace = '' } = resource.metadata;
  const located = world.universe.located.get(`${namespace}/${name}`);
  if (located === undefined || located.endpoint.addresses.length > 0) return resource;
  const podIPs = free.one().map((address) => ({ ip: formatAddress(address) }));
  return { ...resource, status: { ...fields(resource.status), podIPs } };
}

/** In each namespace, one; and in the first few, one in each part that rules cut out of the pools. */
function strangers(namespaces: ReadonlyMap<string, Labels>, free: Free): StandIn[] {
  const names = [...namespaces.keys(), ...(namespaces.has(NOBODYS) ? [] : [NOBODYS])];
  const plain = names.map((namespace) => stranger(namespace, 'stranger', free.one()));
  const parts = names.slice(0, NAMESPACES).flatMap((namespace) =>
    free.parts().map(({ net, address }, i): StandIn => {
      const one = stranger(namespace, `stranger-${i + 1}`, [address]);
      return { ...one, kind: 'stand-in', words: `${one.words} in ${formatAddress(net)}/${net.prefix}` };
    }),
  );
  return [...plain, ...parts].slice(0, MOST);
}

function stranger(namespace: string, name: string, addresses: readonly Address[]): StandIn {
  const where = namespace === NOBODYS ? 'a further namespace' : `namespace ${namespace}`;
  return { kind: 'stranger', namespace, name: `any-${name}`, labels: new Map(), words: `a pod of ${where}`, addresses };
}

/** One for each way to meet each selector of the world's policies, and one more for each label that some selector turns away. */
function selected(world: World, namespaces: ReadonlyMap<string, Labels>, free: Free): StandIn[] {
  const nodes = selectorsOf(world).filter((node) => !meansHosts(world, node));
  const avoided = unique(nodes.flatMap(turnedAway)).filter(({ label }) => !isInherited(label));
  const samples = nodes.flatMap((node) =>
    samplesOf(node).map((labels) => ({ node, labels, kind: 'stand-in' as const })),
  );
  const further = samples.flatMap(({ node, labels }) =>
    avoided
      .filter(({ label }) => !labels.has(label))
      .map(({ label, value = 'any' }) => ({
        node,
        labels: new Map([...labels, [label, value]]),
        kind: 'mixture' as const,
      })),
  );
  const found = new Map<string, StandIn>();
  for (const { node, labels, kind } of [...samples, ...further]) {
    for (const standIn of standInsOf(node, labels, namespaces)) {
      if (found.size >= MOST) break;
      const key = `${standIn.namespace} ${JSON.stringify([...standIn.labels].sort())}`;
      if (!found.has(key))
        found.set(key, { ...standIn, kind, name: `stand-in-${found.size + 1}`, addresses: free.one() });
    }
  }
  return [...found.values()];
}

function selectorsOf(world: World): Node[] {
  const rules = world.parts.policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);
  const ends = rules.flatMap(({ source, destination }) => [source, destination]);
  const texts = [
    ...world.parts.policies.map(({ selector }) => selector),
    ...ends.flatMap(({ selector, notSelector }) => [selector, notSelector]),
  ];
  return [...new Set(texts)].flatMap((text) => {
    const parsed = text === '' ? undefined : parseSelector(text);
    return parsed?.ok ? parsed.node : [];
  });
}

/** In every namespace that it may mean; where it means one that is not there, in a made-up one. */
function standInsOf(
  node: Node,
  labels: Labels,
  namespaces: ReadonlyMap<string, Labels>,
): Pick<StandIn, 'namespace' | 'labels' | 'words'>[] {
  const own = new Map([...labels].filter(([label]) => !isInherited(label) || label.startsWith(serviceAccountPrefix)));
  const said = [...own].map(([label, value]) => `${label}=${value}`).join(', ');
  const make = (namespace: string, inherited: Labels, where: string) => {
    if (own.size === 0 && namespaces.has(namespace)) return [];
    const words = own.size === 0 ? `a pod of ${where}` : `a pod of ${where} with ${said}`;
    const more = namespaces.has(namespace) ? own : new Map([...inherited, ...own]);
    return takes(namespace, inherited) ? [{ namespace, labels: more, words }] : [];
  };
  const takes = (namespace: string, inherited: Labels) =>
    matches(node, new Map([...inherited, ...own, [namespaceLabel, namespace], [orchestratorLabel, 'k8s']]));
  const wished = [...labels].filter(([label]) => label.startsWith(namespacePrefix) || label === namespaceLabel);
  const fitting = [...namespaces].filter(([namespace, inherited]) => takes(namespace, inherited));
  if (fitting.length > 0) {
    const few = wished.length === 0 ? fitting.slice(0, NAMESPACES) : fitting;
    return few.flatMap(([namespace, inherited]) => make(namespace, inherited, `namespace ${namespace}`));
  }
  const inherited = new Map(wished.filter(([label]) => label !== namespaceLabel));
  const name =
    labels.get(namespaceLabel) ??
    labels.get(`${namespacePrefix}kubernetes.io/metadata.name`) ??
    labels.get(namespacePrefix + nameLabel) ??
    NOBODYS;
  const traits = [...inherited]
    .map(([label, value]): [string, string] => [label.slice(namespacePrefix.length), value])
    .filter(([label]) => label !== 'kubernetes.io/metadata.name' && label !== nameLabel)
    .map(([label, value]) => `${label}=${value}`);
  return make(name, inherited, traits.length === 0 ? `namespace ${name}` : `a namespace with ${traits.join(', ')}`);
}

function isInherited(label: string): boolean {
  return (
    label.startsWith(namespacePrefix) ||
    label.startsWith(serviceAccountPrefix) ||
    label === namespaceLabel ||
    label === orchestratorLabel
  );
}

/** That it is there and carries nothing is known: its pods carry what they inherit themselves. */
function namespaceOf(name: string): Resource {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** What it inherits stands among its own labels, which count for the same. */
function podOf({ namespace, name, labels, addresses }: StandIn): Resource {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: Object.fromEntries(labels) },
    spec: {},
    status: { podIPs: addresses.map((address) => ({ ip: formatAddress(address) })) },
  };
}

function unique(mentions: readonly Mention[]): Mention[] {
  return [...new Map(mentions.map((one) => [`${one.label} ${one.value}`, one])).values()];
}
