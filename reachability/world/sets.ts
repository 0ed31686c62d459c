/** What Calico makes IP sets of: selectors, nets, services. Each remembers what it said of a place. */
import { type Address, contains, keyOf, type Net } from '../address.ts';
import { type Labels, matcher, matches, mayMatch, type Node } from '../selector/node.ts';
import type { Located, Place, Universe } from './universe.ts';

/** Whether something holds; `maybe` where the world does not say enough. As numbers, since a world asks millions of times. */
export const no = 0;
export const yes = 1;
export const maybe = 2;
export type Truth = typeof no | typeof yes | typeof maybe;

export interface PlaceSet {
  /** Sets of one text say the same of places that are alike. */
  readonly text?: string;
  has(place: Place): Truth;
}

abstract class Remembering implements PlaceSet {
  /** What was said of a place, plus one; 0 where it was never asked. */
  private said = new Uint8Array(64);

  has(place: Place): Truth {
    const { id } = place;
    if (id >= this.said.length) this.grow(id);
    const known = this.said[id] as number;
    if (known !== 0) return (known - 1) as Truth;
    const truth = this.decide(place);
    this.said[id] = truth + 1;
    return truth;
  }

  protected abstract decide(place: Place): Truth;

  private grow(id: number): void {
    const larger = new Uint8Array(Math.max(id + 1, this.said.length * 2));
    larger.set(this.said);
    this.said = larger;
  }
}

/** A single question is about two pods: to look through all others for it would cost more than the answer. A part of all groups. */
const FEW = 1 / 16;

/** Addresses of the endpoints, and nets of the network sets, whose labels a selector takes. Another address with a label of its own is none. */
export class SelectorSet extends Remembering {
  readonly node: Node;
  private readonly universe: Universe;
  /** All groups that it takes, once it was asked of several. */
  private groups: Uint8Array | undefined;
  private asked = 0;
  private matcher: ((labels: Labels) => boolean) | undefined;
  /** Of the network sets that it takes; and of those that it may take. */
  readonly nets: readonly Net[];
  private readonly perhaps: readonly Net[];

  readonly text: string;

  constructor(node: Node, universe: Universe, text: string) {
    super();
    this.node = node;
    this.text = text;
    this.universe = universe;
    const taken = (wanted: boolean | undefined) =>
      universe.networkSets
        .filter(({ labels, unknown }) => {
          return (unknown === undefined ? matches(node, labels) : mayMatch(node, labels, unknown)) === wanted;
        })
        .flatMap(({ nets }) => nets);
    this.nets = taken(true);
    this.perhaps = universe.networkSets.some(({ unknown }) => unknown !== undefined) ? taken(undefined) : [];
  }

  takes(located: Located): boolean {
    return this.taking(located) === yes;
  }

  /** `maybe` where that hangs on labels that the world does not say. */
  taking({ group }: Located): Truth {
    if (this.groups === undefined) {
      this.asked += 1;
      if (this.asked <= this.universe.groups.length * FEW) {
        this.matcher ??= matcher(this.node);
        const taken = this.universe.takes(this.node, this.matcher, group);
        return taken === undefined ? maybe : taken ? yes : no;
      }
      this.groups = this.universe.select(this.node);
    }
    return this.groups[group] as Truth;
  }

  /** Whether it has the same nets of network sets, in another world. */
  sameNets(other: SelectorSet): boolean {
    return JSON.stringify([this.nets, this.perhaps]) === JSON.stringify([other.nets, other.perhaps]);
  }

  protected decide(place: Place): Truth {
    let truth: Truth = no;
    for (const located of place.endpoints) {
      const taken = this.taking(located);
      if (taken === yes) return yes;
      if (taken === maybe) truth = maybe;
    }
    const inside = this.nets.length === 0 ? no : inNets(this.nets, place);
    if (inside === yes || this.perhaps.length === 0) return inside === no ? truth : inside;
    return inside === maybe || inNets(this.perhaps, place) !== no ? maybe : truth;
  }
}

export class NetList extends Remembering {
  private readonly nets: readonly Net[];
  readonly text: string;

  constructor(nets: readonly Net[], text: string) {
    super();
    this.nets = nets;
    this.text = text;
  }

  protected decide(place: Place): Truth {
    return inNets(this.nets, place);
  }
}

function inNets(nets: readonly Net[], { address, within }: Place): Truth {
  if (address !== undefined) return nets.some((net) => contains(net, address)) ? yes : no;
  if (within === undefined) return maybe;
  if (within.every((pool) => nets.some((net) => net.prefix <= pool.prefix && contains(net, pool)))) return yes;
  return within.some((pool) => nets.some((net) => contains(net, pool) || contains(pool, net))) ? maybe : no;
}

/** One port of one address behind a service. */
export interface Backend {
  readonly address: Address;
  readonly protocol: number;
  readonly port: number;
}

/** The addresses behind a service, as a source; with protocol and port, as a destination (felix/serviceindex/serviceindex.go). */
export class ServiceSet implements PlaceSet {
  private readonly addresses: ReadonlySet<string>;
  private readonly backends: ReadonlySet<string>;

  constructor(addresses: readonly Address[], backends: readonly Backend[]) {
    this.addresses = new Set(addresses.map(keyOf));
    this.backends = new Set(backends.map(({ address, protocol, port }) => `${keyOf(address)} ${protocol} ${port}`));
  }

  has({ address }: Place): Truth {
    return address !== undefined && this.addresses.has(keyOf(address)) ? yes : no;
  }

  serves({ address }: Place, protocol: number, port: number): Truth {
    return address !== undefined && this.backends.has(`${keyOf(address)} ${protocol} ${port}`) ? yes : no;
  }
}
