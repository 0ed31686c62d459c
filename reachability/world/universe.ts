/** Every endpoint, network set and address of a world, so that a selector is asked once for each set of labels and not once for each pair. */
import { type Address, type Family, keyOf, type Net } from '../address.ts';
import { type Labels, matcher, mayMatch, type Node } from '../selector/node.ts';
import type { Endpoint } from './endpoint.ts';
import { byFamily } from './pools.ts';

/** An address, and who has it; of a pod that has no address yet, the pod alone. */
export interface Place {
  /** Counted from 0, for tables. */
  readonly id: number;
  /** The same text for the same address, in whatever world; '' where there is none yet. */
  readonly key: string;
  readonly address?: Address;
  /** Of a place without an address: it will be one of these, all of one family. Absent: nobody knows. */
  readonly within?: readonly Net[];
  readonly endpoints: Located[];
}

export interface Located {
  /** Counted from 0, for tables. */
  readonly id: number;
  readonly endpoint: Endpoint;
  /** Endpoints of one group have the same labels, so every selector takes all of them or none. */
  readonly group: number;
  readonly places: readonly Place[];
}

/** A NetworkSet or GlobalNetworkSet: its labels are asked like an endpoint's, and stand for its nets. */
export interface NetworkSet {
  readonly labels: Labels;
  readonly nets: readonly Net[];
  /** As of an endpoint. */
  readonly unknown?: readonly string[];
}

export class Universe {
  readonly located: ReadonlyMap<string, Located>;
  readonly groups: readonly Labels[];
  /** The same text for groups of the same labels, in whatever world. */
  readonly groupKeys: readonly string[];
  readonly networkSets: readonly NetworkSet[];
  private readonly places = new Map<string, Place>();
  private placeCount = 0;
  /** Groups of which some labels are not known, and which. */
  private readonly unknown = new Map<number, readonly string[]>();
  private readonly index = new Map<string, Map<string, number[]>>();

  /** By family: where pods without an address will have one. */
  private readonly free: readonly (readonly Net[])[];

  /** @param nets that pods get their addresses from; none where that is unknown */
  constructor(endpoints: readonly Endpoint[], networkSets: readonly NetworkSet[], nets: readonly Net[] = []) {
    this.free = byFamily(nets);
    const byLabels = new Map<string, number>();
    const groups: Labels[] = [];
    const located = new Map<string, Located>();
    for (const endpoint of endpoints) {
      const labels = [...endpoint.labels].sort(([a], [b]) => (a < b ? -1 : 1));
      const key = JSON.stringify(endpoint.unknown === undefined ? labels : [labels, endpoint.unknown]);
      const group = byLabels.get(key) ?? groups.push(endpoint.labels) - 1;
      if (endpoint.unknown !== undefined) this.unknown.set(group, endpoint.unknown);
      byLabels.set(key, group);
      located.set(endpoint.id, this.locate(endpoint, group, located.size));
    }
    this.located = located;
    this.groups = groups;
    this.groupKeys = [...byLabels.keys()];
    this.networkSets = networkSets;
    for (const [group, labels] of groups.entries()) this.enter(group, labels);
  }

  /** The same object for the same address, however it is written. */
  placeOf(address: Address): Place {
    const key = keyOf(address);
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const place: Place = { id: this.placeCount++, key, address, endpoints: [] };
    this.places.set(key, place);
    return place;
  }

  /** A place at an address that these endpoints could be given, whoever has it now: they do not share it. */
  placeFor(endpoints: Located[], address: Address): Place {
    return { id: this.placeCount++, key: keyOf(address), address, endpoints };
  }

  /** A place whose address nobody knows, but that it is one of these nets. */
  placeWithin(nets: readonly Net[]): Place {
    const key = `within ${nets.map((net) => `${keyOf(net)}/${net.prefix}`).join(' ')}`;
    const known = this.places.get(key) ?? { id: this.placeCount++, key, within: nets, endpoints: [] };
    this.places.set(key, known);
    return known;
  }

  private placesToCome(): Place[] {
    if (this.free.length === 0) return [{ id: this.placeCount++, key: '', endpoints: [] }];
    return this.free.map((nets) => ({ ...this.placeWithin(nets), id: this.placeCount++, endpoints: [] }));
  }

  /** Whether the selector takes the group; undefined where that hangs on labels that nobody knows. */
  takes(node: Node, matching: (labels: Labels) => boolean, group: number): boolean | undefined {
    const labels = this.groups[group] as Labels;
    const unknown = this.unknown.get(group);
    return unknown === undefined ? matching(labels) : mayMatch(node, labels, unknown);
  }

  /** The groups whose labels the selector takes: 1, or 2 where that hangs on labels that nobody knows. */
  select(node: Node): Uint8Array {
    const chosen = new Uint8Array(this.groups.length);
    const candidates = this.candidates(node);
    const matching = matcher(node);
    const ask = (group: number) => {
      const taken = this.takes(node, matching, group);
      chosen[group] = taken === undefined ? 2 : taken ? 1 : 0;
    };
    if (candidates === undefined) for (let group = 0; group < chosen.length; group++) ask(group);
    else {
      for (const group of candidates) ask(group);
      for (const group of this.unknown.keys()) ask(group);
    }
    return chosen;
  }

  private locate(endpoint: Endpoint, group: number, id: number): Located {
    const places = endpoint.addresses.map((address) => this.placeOf(address));
    if (places.length === 0) places.push(...this.placesToCome());
    const located = { id, endpoint, group, places };
    for (const place of places) place.endpoints.push(located);
    return located;
  }

  private enter(group: number, labels: Labels): void {
    for (const [label, value] of labels) {
      const values = this.index.get(label) ?? new Map<string, number[]>();
      this.index.set(label, values);
      const having = values.get(value) ?? [];
      values.set(value, having);
      having.push(group);
    }
  }

  /** Groups among which all are that the selector can take; undefined where nothing is known before asking. */
  private candidates(node: Node): readonly number[] | undefined {
    switch (node.kind) {
      case 'has':
        return [...(this.index.get(node.label)?.values() ?? [])].flat();
      case 'compare':
        return node.operator === '==' ? (this.index.get(node.label)?.get(node.value) ?? []) : undefined;
      case 'set':
        if (node.operator === 'not in') return undefined;
        return [...node.values].flatMap((value) => this.index.get(node.label)?.get(value) ?? []);
      case 'and':
        return node.operands
          .map((operand) => this.candidates(operand))
          .reduce((a, b) => (a === undefined || (b !== undefined && b.length < a.length) ? b : a));
      case 'or': {
        const each = node.operands.map((operand) => this.candidates(operand));
        return each.includes(undefined) ? undefined : [...new Set(each.flat() as number[])];
      }
      default:
        return undefined;
    }
  }
}

/** Undefined where neither address nor pool is known. */
export function familyOf({ address, within }: Place): Family | undefined {
  return address?.family ?? within?.[0]?.family;
}
