/** Everybody that an expectation may be about: pods of the world and made up ones, nodes, and each part of the outside. */
import type { Expectation } from '../../cluster/types.ts';
import { type Address, contains, formatAddress, keyOf, type Net, parseAddress, parseNet } from '../address.ts';
import { netsOfRules, outsideOf } from '../outside.ts';
import { calicoVersion } from '../policy/order.ts';
import { type Fields, fields, list, number, type Resource, text, textMap } from '../raw.ts';
import { partsOf as readParts, resourcesIn } from '../world/read.ts';
import type { Located, Place } from '../world/universe.ts';
import { type Party, World, type WorldOptions } from '../world/world.ts';
import { type MadeUp, makeUp } from './made-up.ts';
import { type NamespaceLabels, namespacesOf } from './namespaces.ts';
import { Addresses, netText, type Pool, partsOf, poolsOf, samePart } from './pool.ts';

export interface Actor {
  readonly id: string;
  /** As in a Query: an address where it has several, and this is not the first. */
  readonly asked: string;
  /** `production/my-app (app=my-app)`. */
  readonly words: string;
  readonly kind: 'pod' | 'node' | 'tunnel' | 'outside';
  /** The lower, the more a person knows it: pods of the world come first. */
  readonly rank: number;
  readonly party: Party;
  readonly place: Place;
  /** That it runs on, or is; `''` where nobody knows. */
  readonly node: string;
  readonly pod?: ActingPod;
  /** Of the outside: no net but those that mean everything contains it. */
  readonly internet: boolean;
}

export interface ActingPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: NamespaceLabels;
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly serves: readonly { readonly proto: string; readonly port: number }[];
  readonly madeUp?: MadeUp;
}

/** A world, and everybody in it. */
export interface Cast {
  readonly world: World;
  readonly actors: readonly Actor[];
  readonly namespaces: ReadonlyMap<string, NamespaceLabels>;
  readonly pools: readonly Pool[];
}

const rank = { pod: 0, plain: 1, system: 2, outside: 3, node: 4, thoughtOf: 5 } as const;

export function castOf(
  written: readonly Resource[],
  expectations: readonly Expectation[],
  options: WorldOptions,
): Cast {
  const resources = lastOnes(resourcesIn(written) ?? []);
  const namespaces = namespacesOf(resources);
  const rules = readParts(
    resources.filter(({ kind }) => kind !== 'Pod'),
    calicoVersion(options.calico),
  ).parts;
  const made = makeUp(resources, expectations, rules.policies, namespaces);
  const pools = poolsOf(resources);
  const given = resources.filter(({ kind }) => kind === 'Pod').flatMap(podAddresses);
  const nodes = [...rules.nodes.values()].flat();
  const addresses = new Addresses(pools, [...given, ...nodes].map(keyOf));
  const withAddress = (pod: Resource) => addressed(pod, addresses);
  const world = new World(
    [
      // What has no Namespace of its own among the resources has no labels but its name here, so the engine is not left in doubt.
      ...[...namespaces].map(([name, labels]) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })),
      ...made.namespaces,
      ...resources.map((resource) => (resource.kind === 'Pod' ? withAddress(resource) : resource)),
      ...made.pods.map(({ pod }) => withAddress(pod)),
    ],
    options,
  );
  const cuts = unique([
    ...netsOfRules(world),
    ...world.parts.networkSets.flatMap(({ nets }) => nets),
    ...expectations.flatMap(({ from, to }) =>
      [from, to].flatMap((end) => (end.kind === 'addresses' ? (parseNet(end.net) ?? []) : [])),
    ),
  ]);
  const taken = new Set([...given, ...nodes].map(keyOf));
  const free = apart(
    pools.filter(({ pods }) => pods).flatMap(({ net }) => partsOf(net, cuts, taken)),
    cuts,
  );
  const labelsOf = (namespace: string) =>
    namespaces.get(namespace) ??
    Object.fromEntries(textMap(made.namespaces.find(({ metadata }) => metadata.name === namespace)?.metadata.labels));
  const stage = { world, cuts, free, labelsOf };
  return {
    world,
    namespaces,
    pools,
    actors: [
      ...resources.filter(({ kind }) => kind === 'Pod').flatMap((pod) => podActors(stage, pod)),
      ...made.pods.flatMap((madeUp) => podActors(stage, madeUp.pod, madeUp)),
      ...outsiders(world, pools, cuts),
      ...nodeActors(world),
      ...tunnelActors(stage, pools, taken),
    ].sort((a, b) => a.rank - b.rank),
  };
}

/** Of two pods with one name the last counts, as it does for `kubectl apply`. */
function lastOnes(resources: readonly Resource[]): Resource[] {
  const all = resources.filter(({ kind }) => kind === 'Pod');
  const last = new Map(all.map((one) => [`${one.metadata.namespace}/${one.metadata.name}`, one]));
  const pods = new Set(last.values());
  return resources.filter((one) => one.kind !== 'Pod' || pods.has(one));
}

interface Stage {
  readonly world: World;
  /** Every net that tells addresses apart. */
  readonly cuts: readonly Net[];
  /** One address of each part of the pools that a pod could be given. */
  readonly free: readonly Address[];
  readonly labelsOf: (namespace: string) => NamespaceLabels;
}

function podAddresses({ spec, status, metadata }: Resource): Address[] {
  if (fields(spec).hostNetwork === true) return [];
  const { podIP, podIPs } = fields(status);
  const written = textMap(metadata.annotations).flatMap(([key, value]) =>
    /^cni\.projectcalico\.org\/podIPs?$/.test(key) ? value.split(',') : [],
  );
  return [text(podIP), ...list(podIPs).map((entry) => text(fields(entry).ip)), ...written].flatMap(
    (ip) => parseAddress(ip.split('/')[0] as string) ?? [],
  );
}

/** A pod that has no address yet gets one of each family, so that it stands behind its services and is in nets as it will be. */
function addressed(pod: Resource, addresses: Addresses): Resource {
  if (fields(pod.spec).hostNetwork === true || podAddresses(pod).length > 0) return pod;
  const drawn = addresses.draw();
  if (drawn.length === 0) return pod;
  return {
    ...pod,
    status: { ...fields(pod.status), podIPs: drawn.map((address) => ({ ip: formatAddress(address) })) },
  };
}

function podActors({ world, cuts, free, labelsOf }: Stage, pod: Resource, madeUp?: MadeUp): Actor[] {
  const { name, namespace = 'default' } = pod.metadata;
  const spec = fields(pod.spec);
  const acting: ActingPod = {
    namespace,
    labels: Object.fromEntries(textMap(pod.metadata.labels)),
    namespaceLabels: labelsOf(namespace),
    serviceAccount: text(spec.serviceAccountName),
    hostNetwork: spec.hostNetwork === true,
    serves: list(spec.containers).flatMap((container) => list(fields(container).ports).map(fields).flatMap(served)),
    ...(madeUp && { madeUp }),
  };
  const id = `${namespace}/${name}`;
  const words = madeUp?.words ?? `${id}${labelWords(acting.labels)}`;
  const started = namespace === 'kube-system' ? rank.system : rank.pod;
  const known = madeUp === undefined ? started : madeUp.of.size > 0 ? rank.plain : rank.thoughtOf;
  const base = { id, asked: id, words, kind: 'pod', rank: known, pod: acting, internet: false } as const;
  if (acting.hostNetwork) return hostActors(world, base, text(spec.nodeName));
  const located = world.universe.located.get(id);
  if (located === undefined) return [];
  const given = podAddresses(pod).length > 0;
  const places = given ? located.places : couldHave(world, located, free, cuts);
  return places.map((place) => {
    const own = located.places.includes(place);
    const at = place.address === undefined || places.length === 1 ? '' : formatAddress(place.address);
    return {
      ...base,
      // One that it was not given is nobody's name.
      asked: place === located.places[0] || !own ? id : at,
      words: at === '' ? words : `${words} ${given ? 'at' : 'with an address like'} ${at}`,
      party: { places: [place], located },
      place,
      node: located.endpoint.node,
    };
  });
}

/** Its own place, and one in each other part of the pools. */
function couldHave(world: World, located: Located, free: readonly Address[], cuts: readonly Net[]): Place[] {
  const same = (a: Address) =>
    located.places.some(({ address }) => address?.family === a.family && samePart(a, address, cuts));
  const others = free.filter((address) => !same(address));
  return [...located.places, ...others.map((address) => world.universe.placeFor([located], address))];
}

function served({ containerPort, protocol }: Fields): { proto: string; port: number }[] {
  const port = number(containerPort);
  return port === undefined ? [] : [{ proto: (text(protocol) || 'TCP').toLowerCase(), port }];
}

/** On the network of its node, or, where nobody says which that is, of each. */
function hostActors(
  world: World,
  base: Pick<Actor, 'id' | 'asked' | 'words' | 'kind' | 'rank' | 'pod' | 'internet'>,
  on: string,
): Actor[] {
  const own = world.parts.hostPods.get(base.id) ?? [];
  const nodeOf = (address: Address) => nodeAt(world, address) ?? on;
  const found =
    own.length > 0 ? own : on === '' ? [...world.parts.nodes.values()].flatMap(([first]) => first ?? []) : [];
  return found.map((address) => {
    const party = partyAt(world, address);
    const node = nodeOf(address);
    const words = node === '' ? base.words : `${base.words} on the network of ${node}`;
    return { ...base, words, party, place: party.places[0] as Place, node };
  });
}

function nodeAt({ parts }: World, address: Address): string | undefined {
  const key = keyOf(address);
  return [...parts.nodes].find(([, all]) => all.some((a) => keyOf(a) === key))?.[0];
}

function partyAt(world: World, address: Address): Party {
  return world.find(formatAddress(address)) ?? { places: [world.universe.placeOf(address)] };
}

/** `(app=web, tier=front)`: of many labels the first three, and none that a controller adds for itself. */
function labelWords(labels: Readonly<Record<string, string>>): string {
  const own = Object.entries(labels).filter(
    ([key]) => !/(^|\/)(pod-template-hash|controller-revision-hash|pod-name|pod-index)$/.test(key),
  );
  if (own.length === 0) return '';
  return ` (${own
    .slice(0, 3)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')}${own.length > 3 ? ', …' : ''})`;
}

/** Nets so wide mean the internet: halves of it are written where a tool refuses the whole. */
const WIDE = { 4: 7, 6: 3 } as const;

function outsiders(world: World, pools: readonly Pool[], cuts: readonly Net[]): Actor[] {
  return outsideOf(
    world,
    pools.map(({ net }) => net),
    cuts,
  ).map(({ name, address, party }) => {
    const at = party.places[0] as Place;
    const narrow = cuts.some(
      (cut) => cut.prefix > WIDE[cut.family] && at.address !== undefined && contains(cut, at.address),
    );
    return {
      id: address,
      asked: address,
      words: name === address || name === `${address}/32` ? address : `${narrow ? name : 'the internet'} (${address})`,
      kind: 'outside',
      rank: rank.outside,
      party,
      place: at,
      node: '',
      internet: !narrow,
    };
  });
}

/** Each by every address that it has, that of its tunnel among them. */
function nodeActors(world: World): Actor[] {
  return [...world.parts.nodes].flatMap(([node, addresses]) =>
    addresses.map((address): Actor => {
      const party = partyAt(world, address);
      const id = formatAddress(address);
      return {
        id,
        asked: id,
        words: `node ${node} (${id})`,
        kind: 'node',
        rank: rank.node,
        party,
        place: party.places[0] as Place,
        node,
        internet: false,
      };
    }),
  );
}

/**
 * With an encapsulation a node itself sends from its tunnel's address, which is out of the pods' range. Where the nodes do not say theirs,
 * it may be any that nobody has.
 */
function tunnelActors({ world, cuts }: Stage, pools: readonly Pool[], taken: ReadonlySet<string>): Actor[] {
  return pools
    .filter(({ tunnels }) => tunnels)
    .filter(({ net }) => ![...world.parts.nodes.values()].flat().some((address) => contains(net, address)))
    .flatMap(({ net }) => partsOf(net, cuts, taken).map((address) => ({ net, address })))
    .map(({ net, address }): Actor => {
      // Not the place of who has been given this address by us: a node has it alone.
      const place = world.universe.placeFor([], address);
      return {
        id: formatAddress(address),
        asked: formatAddress(address),
        words: `the tunnel of a node (an address of ${netText(net)})`,
        kind: 'tunnel',
        rank: rank.node,
        party: { places: [place] },
        place,
        node: '',
        internet: false,
      };
    });
}

/** Of those that no net tells apart one. */
function apart(addresses: readonly Address[], cuts: readonly Net[]): Address[] {
  const keyOf = (address: Address) =>
    `${address.family} ${cuts.map((cut) => (contains(cut, address) ? 1 : 0)).join('')}`;
  return [...new Map(addresses.map((address) => [keyOf(address), address])).values()];
}

function unique(nets: readonly Net[]): Net[] {
  return [...new Map(nets.map((net) => [netText(net), net])).values()];
}
