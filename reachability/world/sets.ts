/** What Calico makes IP sets of: selectors, nets, services. Each remembers what it said of a place. */
import { type Address, contains, keyOf, type Net } from '../address.ts';
import { type Labels, matcher, matches, type Node } from '../selector/node.ts';
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
  /** Of the network sets that it takes. */
  readonly nets: readonly Net[];

  readonly text: string;

  constructor(node: Node, universe: Universe, text: string) {
    super();
    this.node = node;
    this.text = text;
    this.universe = universe;
    this.nets = universe.networkSets.filter(({ labels }) => matches(node, labels)).flatMap(({ nets }) => nets);
  }

  takes({ group }: Located): boolean {
    if (this.groups === undefined) {
      this.asked += 1;
      const { groups } = this.universe;
      if (this.asked <= groups.length * FEW) {
        this.matcher ??= matcher(this.node);
        return this.matcher(groups[group] as Labels);
      }
      this.groups = this.universe.select(this.node);
    }
    return this.groups[group] === 1;
  }

  protected decide(place: Place): Truth {
    if (place.endpoints.some((located) => this.takes(located))) return yes;
    if (this.nets.length === 0) return no;
    return inNets(this.nets, place);
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
