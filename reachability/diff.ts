/**
 * What a change opens and closes: pairs of pods whose verdict is another in the new world, put together so that a reviewer reads a line for
 * each kind of pair, not one for each pair.
 */
import { type Matrix, matrixOf, type Question } from './matrix.ts';
import type { Verdict } from './types.ts';
import type { World } from './world/world.ts';

export interface Difference {
  /** The ports of which it is true. */
  readonly questions: readonly Question[];
  readonly before: Verdict['verdict'];
  readonly after: Verdict['verdict'];
  /** Each of these to each of those, but for a pod to itself. In the order of their names. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** How many connections that is, of one port each. */
  readonly count: number;
}

/** Pods that are in one world alone are left out: they have nothing to be compared with. Undefined where a question has no protocol. */
export function differences(before: World, after: World, questions: readonly Question[]): Difference[] | undefined {
  const found = new Map<string, Difference>();
  for (const question of questions) {
    const [old, now] = [matrixOf(before, question), matrixOf(after, question)];
    if (old === undefined || now === undefined) return undefined;
    for (const one of joined(question, old, now)) {
      const key = [one.before, one.after, one.from, one.to].join(' ');
      const known = found.get(key);
      if (known === undefined) found.set(key, one);
      else found.set(key, { ...known, questions: [...known.questions, question], count: known.count + one.count });
    }
  }
  return [...found.values()];
}

interface Group {
  readonly id: number;
  readonly old: number;
  readonly now: number;
  readonly pods: string[];
}

/** Pods that are alike in both worlds. */
function groupsOf(old: Matrix, now: Matrix): Group[] {
  const classes = ({ classes }: Matrix) =>
    new Map(classes.flatMap((members, at) => members.map(({ endpoint }): [string, number] => [endpoint.id, at])));
  const [before, after] = [classes(old), classes(now)];
  const groups = new Map<string, Group>();
  for (const [id, was] of before) {
    const is = after.get(id);
    if (is === undefined) continue;
    const group = groups.get(`${was} ${is}`) ?? { id: groups.size, old: was, now: is, pods: [] };
    groups.set(`${was} ${is}`, group);
    group.pods.push(id);
  }
  return [...groups.values()];
}

interface Line {
  readonly before: Verdict['verdict'];
  readonly after: Verdict['verdict'];
  readonly from: Group[];
  readonly to: readonly Group[];
}

/** First all that one group newly reaches, or no longer, is one line; then groups with the same line are. */
function joined(question: Question, old: Matrix, now: Matrix): Difference[] {
  const groups = groupsOf(old, now);
  const lines = new Map<string, Line>();
  for (const from of groups) {
    const changes = Map.groupBy(
      groups.filter((to) => reaches(from, to)),
      (to) => `${old.verdict(from.old, to.old)} ${now.verdict(from.now, to.now)}`,
    );
    for (const [change, targets] of changes) {
      const [before, after] = change.split(' ') as [Verdict['verdict'], Verdict['verdict']];
      if (before === after) continue;
      // A pod to itself does not count, so one that is alone may stand among its targets, and join with its neighbours.
      const reached = new Set(targets);
      const to = groups.filter((group) => reached.has(group) || (group === from && !reaches(from, from)));
      const key = `${change} ${to.map(({ id }) => id).join(',')}`;
      const line = lines.get(key) ?? { before, after, from: [], to };
      lines.set(key, line);
      line.from.push(from);
    }
  }
  return [...lines.values()].map((line) => told(question, line));
}

function told(question: Question, { before, after, from, to }: Line): Difference {
  // Nobody else in the line: then it need not stand among its own targets.
  const targets = to.filter((group) => from.length > 1 || group !== from[0] || reaches(group, group));
  const [sources, reached] = [from, targets].map((side) => side.flatMap(({ pods }) => pods).sort()) as [
    string[],
    string[],
  ];
  const among = new Set(reached);
  const count = sources.length * reached.length - sources.filter((pod) => among.has(pod)).length;
  return { questions: [question], before, after, from: sources, to: reached, count };
}

/** A pod that is alone in its group has nobody there to reach. */
function reaches(from: Group, to: Group): boolean {
  return from !== to || from.pods.length > 1;
}
