/** Labels that a selector takes: what a pod that nobody has declared carries, so that it can be asked in that pod's place. */
import { type Labels, matches, type Node } from '../selector/node.ts';

/** A label with the value that it must have, or must not; any value where none is said. */
export interface Mention {
  readonly label: string;
  readonly value?: string;
}

interface Wish {
  /** Undefined: any value. */
  readonly has: ReadonlyMap<string, string | undefined>;
  readonly not: readonly Mention[];
}

/** Alternatives beyond these are left out: what is asked then is less, and nothing said of it is wrong. */
const MANY = 16;
/** The value of a label that only has to be there. */
const ANY = 'any';

/** The fewest labels that do, one set for each way in which the selector can be met; none where it cannot. */
export function samplesOf(node: Node): Labels[] {
  return wishesOf(node, true)
    .map(({ has }): Labels => new Map([...has].map(([label, value]) => [label, value ?? ANY])))
    .filter((labels) => matches(node, labels));
}

/** Labels that the selector turns away: a pod with one of them may be told apart from a pod without. */
export function turnedAway(node: Node): Mention[] {
  return [...wishesOf(node, true), ...wishesOf(node, false)].flatMap(({ not }) => not);
}

const nothing: Wish = { has: new Map(), not: [] };
const wants = (label: string, value?: string): Wish => ({ has: new Map([[label, value]]), not: [] });
const avoids = (...not: Mention[]): Wish => ({ has: new Map(), not });

/** What would make the node hold, or with `positive` false, fail. */
function wishesOf(node: Node, positive: boolean): Wish[] {
  switch (node.kind) {
    case 'all':
    case 'global':
      return positive ? [nothing] : [];
    case 'has':
      return [positive ? wants(node.label) : avoids({ label: node.label })];
    case 'compare': {
      const { label, value } = node;
      return [(node.operator === '!=') !== positive ? wants(label, value) : avoids({ label, value })];
    }
    case 'set': {
      const values = [...node.values];
      if ((node.operator === 'in') === positive) return values.slice(0, MANY).map((value) => wants(node.label, value));
      return [avoids(...values.map((value) => ({ label: node.label, value })))];
    }
    case 'not':
      return wishesOf(node.operand, !positive);
    default: {
      const each = node.operands.map((operand) => wishesOf(operand, positive));
      if ((node.kind === 'or') === positive) return each.flat().slice(0, MANY);
      return each.reduce(
        (so, far) => so.flatMap((a) => far.flatMap((b) => both(a, b) ?? [])).slice(0, MANY),
        [nothing],
      );
    }
  }
}

/** Undefined where one label would have to have two values. */
function both(a: Wish, b: Wish): Wish | undefined {
  const has = new Map(a.has);
  for (const [label, value] of b.has) {
    const known = has.get(label);
    if (known !== undefined && value !== undefined && known !== value) return undefined;
    has.set(label, value ?? known);
  }
  return { has, not: [...a.not, ...b.not] };
}
