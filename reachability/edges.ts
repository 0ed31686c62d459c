/** Who reaches whom on which ports, between ends of several pods each: a workload, a namespace, the internet. */
import { classesFor, partyOf, verdictBetween } from './matrix.ts';
import { joinRanges, type PortRange, portRanges, questionOf } from './ports.ts';
import type { Verdict } from './types.ts';
import type { Located } from './world/universe.ts';
import type { Party, World } from './world/world.ts';

/** What is one in an answer. */
export interface End {
  readonly name: string;
  /** Pods and host endpoints of the world, or parties that are none. */
  readonly parties: readonly Party[];
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Every party of the one reaches every other of the other. */
  readonly allow: readonly PortRange[];
  /** Some of them do, or it depends on what the world does not say. */
  readonly some: readonly PortRange[];
}

const bit: Readonly<Record<Verdict['verdict'], number>> = { deny: 1, allow: 2, depends: 4 };

/** One for each pair, in order, where there are two parties to talk; a party and itself are none. */
export function edgesOf(world: World, from: readonly End[], to: readonly End[]): Edge[] {
  const pairs = from.flatMap((src) =>
    to.map((dst) => ({ src, dst, allow: [] as PortRange[], some: [] as PortRange[], any: false })),
  );
  for (const range of portRanges(world)) {
    const judge = judgeOf(world, range);
    for (const pair of pairs) {
      const bits = judge(pair.src, pair.dst);
      if (bits !== 0) pair.any = true;
      if (bits === bit.allow) pair.allow.push(range);
      else if (bits > bit.allow) pair.some.push(range);
    }
  }
  return pairs
    .filter(({ any }) => any)
    .map(({ src, dst, allow, some }) => ({
      from: src.name,
      to: dst.name,
      allow: joinRanges(allow),
      some: joinRanges(some),
    }));
}

/** Parties that the range's rules do not tell apart are asked once. */
function judgeOf(world: World, range: PortRange): (from: End, to: End) => number {
  const question = questionOf(range);
  const classes = new Map<Located, number>();
  for (const [i, members] of (classesFor(world, question) ?? []).entries())
    for (const pod of members) classes.set(pod, i);
  // What a node sends to its own pods is not policed, so pods of one class differ by node.
  const keyOf = ({ located, places }: Party) =>
    located === undefined || !classes.has(located)
      ? `p${places.map(({ id }) => id).join(' ')}`
      : `c${classes.get(located)} ${located.endpoint.node}`;
  const kept = new Map<End, Map<string, Party[]>>();
  const groupsOf = (end: End) => {
    const groups = kept.get(end) ?? Map.groupBy(end.parties, keyOf);
    kept.set(end, groups);
    return groups;
  };
  const known = new Map<string, number>();
  return (from, to) => {
    let bits = 0;
    for (const [a, sources] of groupsOf(from)) {
      for (const [b, targets] of groupsOf(to)) {
        const src = sources[0] as Party;
        const dst = targets.find((party) => !same(party, src));
        // The only target is the first source: another source may reach it.
        const other = dst === undefined ? sources.find((party) => !same(party, targets[0] as Party)) : undefined;
        if (dst === undefined && other === undefined) continue;
        const key = `${a}>${b}`;
        const verdict =
          known.get(key) ?? bit[verdictBetween(world, other ?? src, dst ?? (targets[0] as Party), question)];
        known.set(key, verdict);
        bits |= verdict;
      }
    }
    return bits;
  };
}

function same(a: Party, b: Party): boolean {
  return a === b || (a.located !== undefined && a.located === b.located);
}

/** The pods of the world by the name that `nameOf` gives each, in the order of the names. */
export function podEnds(world: World, nameOf: (pod: string) => string): End[] {
  const pods = [...world.universe.located.values()].filter(({ endpoint }) => endpoint.kind === 'pod');
  return [...Map.groupBy(pods, ({ endpoint }) => nameOf(endpoint.id))]
    .map(([name, members]) => ({ name, parties: members.map(partyOf) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `node/NAME`, each as its own addresses. */
export function nodeEnds(world: World): End[] {
  return [...world.parts.nodes.keys()].sort().flatMap((name) => {
    const party = world.find(`node/${name}`);
    return party === undefined || party.places.length === 0 ? [] : [{ name: `node/${name}`, parties: [party] }];
  });
}
