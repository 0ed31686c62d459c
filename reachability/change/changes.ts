/**
 * What a change of a world opens and closes, for pods, nodes and what is outside, exact for every port; put together so that connections
 * that change alike are one.
 */
import type { Net } from '../address.ts';
import { differences } from '../diff.ts';
import { type Edge, type End, edgesOf, nodeEnds, podEnds } from '../edges.ts';
import type { Question } from '../matrix.ts';
import { netsOfRules, type Outside, outsideOf } from '../outside.ts';
import { joinRanges, LAST_PORT, type PortRange, portRanges, questionOf } from '../ports.ts';
import type { Verdict } from '../types.ts';
import type { World } from '../world/world.ts';
import { type Cell, rectangles } from './rectangles.ts';

export interface Change {
  readonly before: Verdict['verdict'];
  readonly after: Verdict['verdict'];
  /** Of which it is true, in order. */
  readonly ports: readonly PortRange[];
  /** Each of these to each of those, but for one to itself: `namespace/pod`, `node/NAME`, a net, `the internet`. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface Sides {
  readonly before: World;
  readonly after: World;
  /** Where pods have their addresses from, in either. */
  readonly pools: readonly Net[];
}

export interface Compared {
  readonly changes: readonly Change[];
  /** Who is in both worlds, and so was compared. */
  readonly pods: readonly string[];
  readonly nodes: readonly string[];
  /** Parts of the outside, by name. */
  readonly outside: ReadonlyMap<string, Outside>;
}

export function changesBetween(sides: Sides): Compared {
  const { before, after } = sides;
  const ranges = commonRanges(portRanges(before), portRanges(after));
  const outside = outsideParts(sides);
  const nodes = names(nodeEnds(before)).filter((name) => names(nodeEnds(after)).includes(name));
  const pods = names(podEnds(before, (pod) => pod)).filter((pod) => after.universe.located.has(pod));
  const others = (world: World, they: 'from' | 'to') => [
    ...nodeEndsNamed(world, nodes),
    ...outsideEnds(world, outside, they),
  ];
  const found = [
    ...betweenPods(before, after, ranges),
    ...withOthers(sides, ranges, pods, others, 'from'),
    ...withOthers(sides, ranges, pods, others, 'to'),
  ];
  return { changes: joined(found), pods, nodes, outside };
}

/** Cut wherever either world cuts: every port of one of these is treated alike by both. */
function commonRanges(...all: readonly (readonly PortRange[])[]): PortRange[] {
  return (['tcp', 'udp', 'sctp'] as const).flatMap((proto) => {
    const starts = new Set(all.flat().flatMap((range) => (range.proto === proto ? range.first : [])));
    const sorted = [...starts].sort((a, b) => a - b);
    return sorted.map((first, i) => ({ proto, first, last: (sorted[i + 1] ?? LAST_PORT + 1) - 1 }));
  });
}

function betweenPods(before: World, after: World, ranges: readonly PortRange[]): Change[] {
  const rangeOf = new Map<Question, PortRange>(ranges.map((range) => [questionOf(range), range]));
  return (differences(before, after, [...rangeOf.keys()]) ?? []).map(({ questions, from, to, ...verdicts }) => ({
    before: verdicts.before,
    after: verdicts.after,
    ports: joinRanges(inOrder(questions.flatMap((question) => rangeOf.get(question) ?? []))),
    from,
    to,
  }));
}

function inOrder(ranges: readonly PortRange[]): PortRange[] {
  const protos = ['tcp', 'udp', 'sctp'];
  return [...ranges].sort((a, b) => protos.indexOf(a.proto) - protos.indexOf(b.proto) || a.first - b.first);
}

/** Nodes and the outside with pods: few with many, so each pair is compared. */
function withOthers(
  { before, after }: Sides,
  ranges: readonly PortRange[],
  pods: readonly string[],
  others: (world: World, they: 'from' | 'to') => End[],
  they: 'from' | 'to',
): Change[] {
  const compared = new Set(pods);
  const told = (world: World) => {
    const ends = podEnds(world, (pod) => pod).filter(({ name }) => compared.has(name));
    const edges =
      they === 'from' ? edgesOf(world, others(world, they), ends) : edgesOf(world, ends, others(world, they));
    return new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge]));
  };
  const [old, now] = [told(before), told(after)];
  const cells: Cell[] = [];
  for (const [key, was] of old) {
    const is = now.get(key);
    if (is === undefined || sameAnswer(was, is)) continue;
    const verdicts = (range: PortRange) => `${verdictOn(was, range)} ${verdictOn(is, range)}`;
    for (const [pair, changed] of Map.groupBy(ranges, verdicts)) {
      const [one, other] = pair.split(' ');
      if (one === other) continue;
      cells.push({ label: JSON.stringify([one, other, joinRanges(changed)]), from: was.from, to: was.to });
    }
  }
  // What a node and its own pods say to each other is not policed one way, so it never stands apart from the rest.
  const ownNode = (pod: string) => `node/${after.universe.located.get(pod)?.endpoint.node}`;
  return rectangles(cells, (from, to) => from === ownNode(to) || to === ownNode(from)).map(({ label, from, to }) => {
    const [one, other, ports] = JSON.parse(label) as [Verdict['verdict'], Verdict['verdict'], PortRange[]];
    return { before: one, after: other, ports, from, to };
  });
}

function sameAnswer(a: Edge, b: Edge): boolean {
  return JSON.stringify([a.allow, a.some]) === JSON.stringify([b.allow, b.some]);
}

function verdictOn({ allow, some }: Edge, { proto, first }: PortRange): Verdict['verdict'] {
  const within = (ranges: readonly PortRange[]) =>
    ranges.some((range) => range.proto === proto && range.first <= first && first <= range.last);
  return within(allow) ? 'allow' : within(some) ? 'depends' : 'deny';
}

/** Parts that the rules of either world tell apart, by the names that both give them. */
function outsideParts({ before, after, pools }: Sides): ReadonlyMap<string, Outside> {
  const cuts = [...netsOfRules(before), ...before.parts.networkSets.flatMap(({ nets }) => nets)];
  const parts = outsideOf(after, pools, cuts);
  const alike = Map.groupBy(parts, ({ name }) => name);
  return new Map(
    parts.map((part) => {
      const { name, address } = part;
      return [(alike.get(name)?.length ?? 0) > 1 ? `${name} (as ${address})` : name, part];
    }),
  );
}

/** Nothing comes from a link-local address but from the node itself. */
function outsideEnds(world: World, parts: ReadonlyMap<string, Outside>, they: 'from' | 'to'): End[] {
  return [...parts].flatMap(([name, { address, linkLocal }]) => {
    const party = linkLocal && they === 'from' ? undefined : world.find(address);
    return party === undefined ? [] : [{ name, parties: [party] }];
  });
}

function nodeEndsNamed(world: World, wanted: readonly string[]): End[] {
  return nodeEnds(world).filter(({ name }) => wanted.includes(name));
}

function names(ends: readonly End[]): string[] {
  return ends.map(({ name }) => name);
}

/** Those that differ in their sources alone are one, then those that differ in their targets alone. */
function joined(changes: readonly Change[]): Change[] {
  const by = (all: readonly Change[], same: 'from' | 'to', other: 'from' | 'to') =>
    [...Map.groupBy(all, (one) => JSON.stringify([one.before, one.after, one.ports, one[same]])).values()].map(
      (alike): Change => ({
        ...(alike[0] as Change),
        [other]: [...new Set(alike.flatMap((one) => one[other]))].sort(),
      }),
    );
  return by(by(changes, 'to', 'from'), 'from', 'to');
}
