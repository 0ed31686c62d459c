/** Which pods a change may be about at all: those that changed themselves, and those that a changed policy is for. */
import type { Policy } from './policy/policy.ts';
import type { Fields } from './raw.ts';
import type { Direction } from './types.ts';
import type { Located, NetworkSet } from './world/universe.ts';
import type { World } from './world/world.ts';

export interface Common {
  readonly was: Located;
  readonly is: Located;
}

export interface Changed {
  /** Pods of both worlds, by name. */
  readonly common: ReadonlyMap<string, Common>;
  /** By direction: pods that other policies are for than before. */
  readonly governed: Readonly<Record<Direction, ReadonlySet<string>>>;
  /** Whether the same selector means the same addresses of network sets. */
  readonly sameSets: boolean;
  /** Pods that rules may see otherwise: with other labels, addresses, ports, or on another node. */
  readonly moved: ReadonlySet<string>;
}

export function changedBetween(before: World, after: World): Changed {
  const common = commonOf(before, after);
  if (!comparable(before, after)) {
    const all = new Set(common.keys());
    return { common, governed: { egress: all, ingress: all }, sameSets: false, moved: all };
  }
  const governed = { egress: new Set<string>(), ingress: new Set<string>() };
  const sameSets = same(before.parts.networkSets.map(plain), after.parts.networkSets.map(plain));
  for (const [world, policy] of otherPolicies(before, after, sameSets)) noteGoverned(world, policy, governed);
  return { common, governed, sameSets, moved: movedBetween(common, before, after) };
}

function commonOf(before: World, after: World): Map<string, Common> {
  const common = new Map<string, Common>();
  for (const [id, was] of before.universe.located) {
    const is = after.universe.located.get(id);
    if (is !== undefined && was.endpoint.kind === 'pod' && is.endpoint.kind === 'pod') common.set(id, { was, is });
  }
  return common;
}

/** Whether what is left as it was means the same: policies stand in the same order, and hosts have no say on the way. */
function comparable(before: World, after: World): boolean {
  if (before.nodesMatter || after.nodesMatter) return false;
  if (JSON.stringify(before.version) !== JSON.stringify(after.version)) return false;
  const both = (world: World, other: World) => {
    const names = new Set(other.parts.tiers.map(({ name }) => name));
    return JSON.stringify(
      world.parts.tiers.filter((tier) => names.has(tier.name)).map(({ name, defaultAction }) => [name, defaultAction]),
    );
  };
  return both(before, after) === both(after, before);
}

/** Policies that are in one world alone, or say something else there, each with its world. */
function otherPolicies(before: World, after: World, sameSets: boolean): [World, Policy][] {
  const nameOf = ({ kind, namespace, name }: Policy) => `${kind}/${namespace}/${name}`;
  const old = new Map(before.parts.policies.map((policy) => [nameOf(policy), policy]));
  const sameMeaning = meaningsOf(before, after, sameSets);
  const others: [World, Policy][] = [];
  for (const policy of after.parts.policies) {
    const name = nameOf(policy);
    const was = old.get(name);
    old.delete(name);
    if (was !== undefined && same(was, policy) && sameMeaning(policy)) continue;
    if (was !== undefined) others.push([before, was]);
    others.push([after, policy]);
  }
  return [...others, ...[...old.values()].map((policy): [World, Policy] => [before, policy])];
}

/** Whether the network sets and services that a policy of both worlds is about are the same in both. */
function meaningsOf(before: World, after: World, sameSets: boolean): (policy: Policy) => boolean {
  const sameNets = (selector: string) =>
    sameSets || selector === '' || before.selectorSet(selector).sameNets(after.selectorSet(selector));
  const sameService = (name: string | undefined) =>
    name === undefined || same(before.services.get(name), after.services.get(name));
  return ({ ingress = [], egress = [] }) =>
    [...ingress, ...egress]
      .flatMap(({ source, destination }) => [source, destination])
      .every(
        ({ selector, notSelector, service }) => sameNets(selector) && sameNets(notSelector) && sameService(service),
      );
}

function plain({ labels, nets, unknown = [] }: NetworkSet): unknown {
  return [[...labels], nets, unknown];
}

/** Values as JSON has them; a field that is undefined is none. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [mine, its] = [Object.keys(a), Object.keys(b)];
  if (mine.length !== its.length || Array.isArray(a) !== Array.isArray(b)) return false;
  for (const key of mine) if (!same((a as Fields)[key], (b as Fields)[key])) return false;
  return true;
}

function noteGoverned(world: World, policy: Policy, governed: Readonly<Record<Direction, Set<string>>>): void {
  if (policy.stage !== 'normal') return;
  const chosen = world.universe.select(world.selectorSet(policy.selector).node);
  for (const located of world.universe.located.values()) {
    if (chosen[located.group] === 0 || located.endpoint.kind !== 'pod') continue;
    for (const direction of ['egress', 'ingress'] as const) {
      if (policy[direction] !== undefined) governed[direction].add(located.endpoint.id);
    }
  }
}

/** Who shares an address with one that came, went or changed is seen otherwise as well. */
function movedBetween(common: ReadonlyMap<string, Common>, before: World, after: World): Set<string> {
  const moved = new Set<string>();
  const note = ({ endpoint, places }: Located) => {
    moved.add(endpoint.id);
    for (const { endpoints } of places) {
      if (endpoints.length > 1) for (const { endpoint: beside } of endpoints) moved.add(beside.id);
    }
  };
  const sameLabels = (was: Located, is: Located) =>
    before.universe.groupKeys[was.group] === after.universe.groupKeys[is.group];
  for (const { was, is } of common.values()) {
    if (sameLabels(was, is) && alike(was, is)) continue;
    note(was);
    note(is);
  }
  for (const [world, other] of [
    [before, after],
    [after, before],
  ] as const) {
    if (world.universe.located.size === common.size) continue;
    for (const [id, located] of world.universe.located) {
      if (common.has(id)) continue;
      const there = other.universe.located.get(id);
      // A host endpoint's labels and ports are seen at its addresses too.
      const same = there !== undefined && there.endpoint.kind === located.endpoint.kind;
      const [was, is] = world === before ? [located, there] : [there, located];
      if (!same || !sameLabels(was as Located, is as Located) || !alike(located, there)) note(located);
    }
  }
  return moved;
}

/** But for their labels. */
function alike({ endpoint: a, places }: Located, { endpoint: b, places: others }: Located): boolean {
  return (
    a.node === b.node &&
    places.length === others.length &&
    places.every((place, i) => place.key === others[i]?.key) &&
    a.ports.length === b.ports.length &&
    a.ports.every((port, i) => {
      const other = b.ports[i];
      return port.name === other?.name && port.port === other.port && port.protocol === other.protocol;
    }) &&
    a.profiles.every(({ allows }, i) => allows === b.profiles[i]?.allows)
  );
}
