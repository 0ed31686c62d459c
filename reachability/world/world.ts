/** A world that answers questions: who may reach whom, and what decides it. */
import { type Address, contains, keyOf, type Net, parseAddress, parseNet } from '../address.ts';
import { evaluate, type Plan } from '../evaluate.ts';
import { type CalicoVersion, calicoVersion } from '../policy/order.ts';
import { protocolNumber, protocols } from '../policy/policy.ts';
import type { Resource } from '../raw.ts';
import { type Flow, familyBit, Sets } from '../rules.ts';
import type { Direction, Passage, Query, Side, SideVerdict, Verdict } from '../types.ts';
import { toHostOf } from './host.ts';
import { type HostEnd, Hosts, unpoliced } from './hosts.ts';
import { Plans } from './plans.ts';
import { type Ignored, type Parts, partsOf } from './read.ts';
import { sourcesOf } from './remote.ts';
import { type Service, serviceSets, servicesOf } from './services.ts';
import type { SelectorSet } from './sets.ts';
import { throughService } from './through-service.ts';
import { familyOf, type Located, type Place, Universe } from './universe.ts';

export interface WorldOptions {
  /** `v3.31.5`: ties and the cluster-wide kinds differ. Default: as 3.32. */
  readonly calico?: string;
  /**
   * What Felix was started with (kubespray: `calico_endpoint_to_host_action`): `Drop`, `Accept` or `Return`, in any case; it goes before
   * FelixConfiguration. Default: as FelixConfiguration says, else Return.
   */
  readonly endpointToHost?: string;
}

export type Answer = { readonly ok: true; readonly verdict: Verdict } | { readonly ok: false; readonly error: string };

/** A service's own addresses and port. */
export interface SentTo {
  readonly addresses: readonly Address[];
  readonly port: number;
}

/** One end of a connection, found. */
export interface Party {
  readonly places: readonly Place[];
  readonly located?: Located;
  /** Of a node that is meant itself, whatever address it speaks by. */
  readonly node?: string;
}

export class World {
  readonly parts: Parts;
  /** Resources that this version of Calico does not enforce, though somebody wrote them. */
  readonly ignored: readonly Ignored[];
  readonly services: ReadonlyMap<string, Service>;
  readonly universe: Universe;
  readonly version: CalicoVersion;
  private readonly sets: Sets;
  private readonly plans: Plans;
  /** Addresses of services, with their names. */
  private readonly clusterIps: ReadonlyMap<string, string>;
  private readonly hosts: Hosts;

  constructor(resources: readonly Resource[], options: WorldOptions = {}) {
    this.version = calicoVersion(options.calico);
    const { parts, ignored } = partsOf(resources, this.version);
    this.parts = parts;
    this.ignored = ignored;
    this.universe = new Universe(
      parts.endpoints,
      parts.networkSets,
      parts.pools.filter(({ pods }) => pods).map(({ net }) => net),
    );
    this.services = servicesOf(parts.services, parts.slices, parts.endpoints);
    this.clusterIps = new Map(
      [...this.services].flatMap(([name, { clusterIps }]) => clusterIps.map((a): [string, string] => [keyOf(a), name])),
    );
    this.sets = new Sets(this.universe, serviceSets(this.services));
    this.plans = new Plans(parts, this.version, this.sets);
    this.hosts = new Hosts(parts, this.universe, this.plans, toHostOf(options.endpointToHost ?? ''));
  }

  /**
   * The verdict of one connection; not ok where an end is not in this world, or the question makes no sense.
   * @param sentTo where the source sent it, of a connection whose destination stands for a service: policies before DNAT see that
   */
  ask(query: Query, sentTo?: SentTo): Answer {
    const src = this.find(query.src);
    const [service, behind] = this.serviceAt(query.dst) ?? [];
    if (src !== undefined && behind !== undefined) return throughService(this, query, service as string, behind);
    const dst = this.find(query.dst);
    if (src === undefined) return { ok: false, error: this.unknown(query.src) };
    if (dst === undefined) return { ok: false, error: this.unknown(query.dst) };
    const protocol = protocolOf(query);
    if (protocol === undefined) return { ok: false, error: `${query.proto} is no protocol` };
    const verdict = this.between(src, dst, query, protocol, sentTo);
    if (verdict === undefined)
      return { ok: false, error: `${query.src} and ${query.dst} have no address of one family` };
    return { ok: true, verdict };
  }

  /** Undefined where they have no address of one family. */
  between(
    src: Party,
    dst: Party,
    query: Omit<Query, 'src' | 'dst'>,
    protocol: number,
    sentTo?: SentTo,
  ): Verdict | undefined {
    const ends = meet(src, dst);
    if (ends === undefined) return undefined;
    const decide = (from: Place) => {
      const flow = flowOf(query, protocol, { src: from, dst: ends.dst });
      return this.decide(src, dst, flow, sentTo && this.before(flow, sentTo));
    };
    const { node } = src;
    const far = dst.located?.endpoint;
    if (node === undefined || far?.kind !== 'pod' || far.node === node) return decide(ends.src);
    const sources = sourcesOf(this.parts, this.universe, node, ends.src, ends.dst, far.node);
    return throughTunnel((sources ?? [ends.src]).map(decide));
  }

  /** The flow as it was before the service's address was translated; of another family it was no address of this one. */
  private before(flow: Flow, { addresses, port }: SentTo): Flow {
    const address = addresses.find(({ family }) => (familyBit[family] & flow.families) !== 0);
    return address === undefined ? flow : { ...flow, dst: this.universe.placeOf(address), dstPort: port };
  }

  /** The service that `service/NAMESPACE/NAME` or an address of its own means, with its name. */
  private serviceAt(name: string): [string, Service] | undefined {
    const named = name.startsWith('service/') ? name.slice('service/'.length) : undefined;
    const address = named === undefined && this.clusterIps.size > 0 ? parseAddress(name) : undefined;
    const found = named ?? (address && this.clusterIps.get(keyOf(address)));
    const service = found === undefined ? undefined : this.services.get(found);
    return service && [found as string, service];
  }

  /** `namespace/pod`, an address, or `node/NAME`; undefined where there is none such. */
  find(name: string): Party | undefined {
    const located = this.universe.located.get(name);
    if (located?.endpoint.kind === 'pod') return { places: located.places, located };
    const address = parseAddress(name);
    const addresses =
      located?.endpoint.addresses.length === 0 ? this.parts.nodes.get(located.endpoint.node) : undefined;
    const found =
      addresses ??
      located?.endpoint.addresses ??
      (address === undefined ? (this.parts.hostPods.get(name) ?? this.nodeAddresses(name)) : [address]);
    if (found === undefined) return undefined;
    const places = found.map((a) => this.universe.placeOf(a));
    const owner =
      located ?? places.flatMap(({ endpoints }) => endpoints).find(({ endpoint }) => endpoint.kind === 'pod');
    if (owner !== undefined) return { places, located: owner };
    const node = address === undefined && places[0] !== undefined ? this.hosts.nodeAt(places[0]) : '';
    return node === '' ? { places } : { places, node };
  }

  /**
   * Both halves, each asked with the connection as it is after any translation of addresses, and what hosts on the way say.
   * @param before the connection as it was before the translation
   */
  decide(src: Party, dst: Party, flow: Flow, before = flow): Verdict {
    // A packet to oneself never leaves the pod.
    if (src.located !== undefined && src.located === dst.located) return verdictOf(unpoliced, unpoliced);
    const from = this.endOf(src, flow.src);
    const to = this.endOf(dst, flow.dst);
    if (from.pod !== undefined && to.pod !== undefined && !this.hosts.act) {
      return verdictOf(this.half(from.pod, 'egress', flow), this.half(to.pod, 'ingress', flow));
    }
    // What is link-local never leaves the host: the cache for names is on each.
    const own =
      (from.node !== '' && from.node === to.node) ||
      (to.pod === undefined && from.pod !== undefined && isLinkLocal(flow.dst));
    if (own && from.pod === undefined) return verdictOf(unpoliced, fromOwnNode(from.node, to));
    const egress = this.side(src, from, 'egress', flow, flow);
    if (own && to.pod === undefined) return verdictOf(egress, this.hosts.toOwnHost(from.node, flow, before));
    return verdictOf(egress, this.side(dst, to, 'ingress', flow, before), this.hosts.way(from, to, flow, before));
  }

  private side({ located }: Party, { pod, node }: HostEnd, direction: Direction, flow: Flow, before: Flow): Side {
    if (pod !== undefined) return this.half(pod, direction, flow);
    if (located !== undefined) return this.hosts.sideOf(located, direction, 'end', flow, before);
    return node === ''
      ? unpoliced
      : this.hosts.side(direction, node, direction === 'egress' ? flow.src : flow.dst, flow, before);
  }

  private endOf({ located, node: meant }: Party, place: Place): HostEnd {
    if (located === undefined) return { node: meant ?? this.hosts.nodeAt(place) };
    const { kind, node } = located.endpoint;
    return kind === 'pod' ? { pod: located, node } : { node };
  }

  /** What a pod's own policies say in one direction. */
  half(pod: Located, direction: Direction, flow: Flow): Side {
    return evaluate(this.planOf(pod, direction), flow);
  }

  /** What a selector takes, network sets too. */
  selectorSet(selector: string): SelectorSet {
    return this.sets.selector(selector);
  }

  /** Whether pods that no rule tells apart may differ by the node that they are on. */
  get nodesMatter(): boolean {
    return this.hosts.act;
  }

  /** Plans of host endpoints that may be asked about what passes through their hosts. */
  plansOnTheWay(): readonly Plan[] {
    return this.hosts.plansOnTheWay();
  }

  planOf(located: Located, direction: Direction): Plan {
    return this.plans.planOf(located, direction);
  }

  private nodeAddresses(name: string): readonly Address[] | undefined {
    return name.startsWith('node/') ? this.parts.nodes.get(name.slice('node/'.length)) : undefined;
  }

  private unknown(name: string): string {
    return `there is no ${name} in this world: it is no running pod (namespace/name), node (node/NAME), service (service/NAMESPACE/NAME) or address`;
  }
}

/** The places at which two parties can talk: of one family, IPv4 where both have both. */
export function meet(src: Party, dst: Party): { src: Place; dst: Place } | undefined {
  for (const from of src.places) {
    const family = familyOf(from);
    const to = dst.places.find((p) => {
      const other = familyOf(p);
      return family === undefined || other === undefined || family === other;
    });
    if (to !== undefined) return { src: from, dst: to };
  }
  return undefined;
}

/** Undefined where it is none. */
export function protocolOf({ proto = 'tcp' }: Pick<Query, 'proto'>): number | undefined {
  const protocol = protocolNumber(proto) ?? 0;
  return protocol < 1 ? undefined : protocol;
}

export function flowOf(
  query: Omit<Query, 'src' | 'dst'>,
  protocol: number,
  { src, dst }: { src: Place; dst: Place },
): Flow {
  const family = familyOf(src) ?? familyOf(dst);
  return {
    src,
    dst,
    families: family === undefined ? familyBit[4] | familyBit[6] : familyBit[family],
    // Who says ICMP between IPv6 addresses means that family's.
    protocol: family === 6 && protocol === protocols.icmp ? protocols.icmpv6 : protocol,
    srcPort: query.srcPort ?? -1,
    dstPort: query.port ?? -1,
    icmpType: query.icmpType ?? -1,
    icmpCode: query.icmpCode ?? -1,
  };
}

function verdictOf(egress: Side, ingress: Side, way?: readonly Passage[]): Verdict {
  return way === undefined || way.length === 0
    ? { verdict: ofBoth(egress.verdict, ingress.verdict), egress, ingress }
    : { verdict: together([egress, ingress, ...way.map(({ side }) => side)]), egress, ingress, way };
}

function together(sides: readonly Side[]): Verdict['verdict'] {
  return sides.reduce<Verdict['verdict']>((verdict, side) => ofBoth(verdict, side.verdict), 'allow');
}

function ofBoth(a: SideVerdict, b: SideVerdict): Verdict['verdict'] {
  if (a === 'deny' || b === 'deny') return 'deny';
  return a === 'depends' || b === 'depends' ? 'depends' : 'allow';
}

/** What a node sends to its own pods, probes among it, passes no policy (felix/rules/static.go:727 filterOutputChain). */
function fromOwnNode(node: string, { pod }: HostEnd): Side {
  return { ...unpoliced, why: pod === undefined ? 'a host that talks to itself' : `${node} is the pod's own node` };
}

/** The verdicts of a packet that may come by the node's own address or its tunnel's: one, or two where nobody knows which. */
function throughTunnel([first, second]: readonly Verdict[]): Verdict | undefined {
  if (first === undefined || second === undefined || first.verdict === second.verdict) return first;
  const on = [...(first.ingress.on ?? []), 'whether it goes through the tunnel between the nodes'];
  return { ...first, verdict: 'depends', ingress: { verdict: 'depends', trace: first.ingress.trace, on } };
}

const linkLocal = [parseNet('169.254.0.0/16'), parseNet('fe80::/10')] as readonly Net[];

function isLinkLocal({ address }: Place): boolean {
  return address !== undefined && linkLocal.some((net) => contains(net, address));
}
