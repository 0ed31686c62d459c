/** Changed connections as few lines: sources that changed towards the same targets are told together. */
import type { Verdict } from './types.ts';

/** Each of these changed towards each of those, but for a pod towards itself. No pair is in two blocks. */
export interface Block {
  readonly before: Verdict['verdict'];
  readonly after: Verdict['verdict'];
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface Line extends Block {
  /** How many pairs it is. */
  readonly count: number;
}

/** Pods that are in the same blocks. */
interface Group {
  readonly id: number;
  readonly pods: string[];
  readonly sends: readonly number[];
}

interface Told {
  readonly before: Verdict['verdict'];
  readonly after: Verdict['verdict'];
  readonly from: Group[];
  readonly to: readonly Group[];
}

/**
 * In the order of their sources' names. The lines do not hang on how the pairs were cut into blocks: a source is told with others of
 * exactly the same targets, or, if that makes a larger party, with those that it and they reach among each other.
 */
export function linesOf(blocks: readonly Block[]): Line[] {
  const groups = groupsOf(blocks);
  const bySource = [...groups.values()].flatMap((group) => changesOf(group, blocks, groups));
  const members = new Map<string, number>();
  for (const { source, keys } of bySource) {
    for (const key of keys) members.set(key, (members.get(key) ?? 0) + source.pods.length);
  }
  const told = new Map<string, Told>();
  for (const { source, keys, before, after, targets } of bySource) {
    // Who is alone may stand among its own targets, and join with its neighbours.
    const [apart, among] = keys;
    const key = among !== undefined && (members.get(among) as number) > (members.get(apart) as number) ? among : apart;
    const to = key === apart ? targets : [...targets, source];
    const line = told.get(key) ?? { before, after, from: [], to };
    told.set(key, line);
    line.from.push(source);
  }
  return [...told.values()].map(lineOf).sort((a, b) => compare(nameOf(a), nameOf(b)));
}

function groupsOf(blocks: readonly Block[]): Map<string, Group & { readonly receives: readonly number[] }> {
  const marks = new Map<string, { sends: number[]; receives: number[] }>();
  const mark = (pod: string) => {
    const known = marks.get(pod);
    if (known !== undefined) return known;
    const fresh = { sends: [], receives: [] };
    marks.set(pod, fresh);
    return fresh;
  };
  for (const [at, { from, to }] of blocks.entries()) {
    for (const pod of from) mark(pod).sends.push(at);
    for (const pod of to) mark(pod).receives.push(at);
  }
  const groups = new Map<string, Group & { readonly receives: readonly number[] }>();
  for (const [pod, { sends, receives }] of marks) {
    const key = `${sends};${receives}`;
    const group = groups.get(key) ?? { id: groups.size, pods: [], sends, receives };
    groups.set(key, group);
    group.pods.push(pod);
  }
  return groups;
}

/** What one group newly reaches, or no longer; the keys under which it may be told, itself apart from its targets or among them. */
function changesOf(
  source: Group,
  blocks: readonly Block[],
  groups: ReadonlyMap<string, Group & { readonly receives: readonly number[] }>,
) {
  const mine = new Set(source.sends);
  const byChange = new Map<string, { before: Verdict['verdict']; after: Verdict['verdict']; targets: Group[] }>();
  if (mine.size === 0) return [];
  for (const group of groups.values()) {
    if (group === source && group.pods.length === 1) continue;
    const at = group.receives.find((block) => mine.has(block));
    if (at === undefined) continue;
    const { before, after } = blocks[at] as Block;
    const change = byChange.get(`${before} ${after}`) ?? { before, after, targets: [] };
    byChange.set(`${before} ${after}`, change);
    change.targets.push(group);
  }
  return [...byChange].map(([words, { before, after, targets }]) => {
    const key = (all: readonly Group[]) => `${words} ${all.map(({ id }) => id).sort((a, b) => a - b)}`;
    const alone = source.pods.length === 1;
    return {
      source,
      before,
      after,
      targets,
      keys: [key(targets), ...(alone ? [`${key([...targets, source])}`] : [])] as const,
    };
  });
}

function lineOf({ before, after, from, to }: Told): Line {
  const sources = from.flatMap(({ pods }) => pods).sort();
  // Nobody else in the line: then it need not stand among its own targets.
  const reached = to
    .filter((group) => sources.length > 1 || group !== from[0])
    .flatMap(({ pods }) => pods)
    .sort();
  const among = new Set(reached);
  const count = sources.length * reached.length - sources.filter((pod) => among.has(pod)).length;
  return { before, after, from: sources, to: reached, count };
}

function nameOf({ before, after, from, to }: Line): string {
  return [from.join(' '), to.join(' '), before, after].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
