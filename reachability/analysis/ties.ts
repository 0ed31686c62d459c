/** Policies of one tier with one order that do not agree: which of them is asked first hangs on their names, and on the version. */
import { calicoVersion, comparePolicies } from '../policy/order.ts';
import type { Policy } from '../policy/policy.ts';
import { outcomeOf } from './outcome.ts';
import { type Cell, type Ground, type Hit, isLikely, type Situation } from './situations.ts';

export interface Tie {
  readonly direction: Ground['direction'];
  readonly tier: string;
  readonly order: number;
  /** With what becomes of the connection where it is asked first. */
  readonly one: { readonly hit: Hit; readonly verdict: 'allow' | 'deny' };
  readonly other: { readonly hit: Hit; readonly verdict: 'allow' | 'deny' };
  /** Which is first up to Calico 3.31, and from 3.32 on. */
  readonly first: { readonly before: Policy; readonly since: Policy };
  /** Connections that they disagree about. */
  readonly cells: readonly Cell[];
}

export function tiesIn(grounds: readonly Ground[]): Tie[] {
  const found = new Map<string, Omit<Tie, 'cells'> & { cells: Cell[] }>();
  for (const ground of grounds) {
    for (const situation of ground.situations) {
      const cells = situation.cells.filter(isLikely);
      for (const tie of cells.length === 0 ? [] : tiesHere(ground, situation)) {
        const key = [ground.direction, ...[tie.one, tie.other].map(({ hit }) => nameOf(hit.policy)).sort()].join(' ');
        const known = found.get(key);
        if (known === undefined) found.set(key, { ...tie, cells });
        else known.cells.push(...cells);
      }
    }
  }
  return [...found.values()];
}

function tiesHere(ground: Ground, situation: Situation): Omit<Tie, 'cells'>[] {
  return ground.plan.tiers.flatMap(({ atEnd }, tier) => {
    const hits = situation.hits.filter((hit) => hit.tier === tier);
    // Only what is asked first there: behind it, nothing comes to a tie.
    const order = hits[0]?.policy.order;
    const policies = [
      ...Map.groupBy(
        hits.filter((hit) => hit.policy.order === order),
        ({ policy }) => policy,
      ),
    ];
    return pairs(policies).flatMap(([[a, [one]], [b, [other]]]): Omit<Tie, 'cells'>[] => {
      if (!one?.sure || !other?.sure || one.step.action === other.step.action) return [];
      const rest = policies.map(([policy]) => policy).filter((policy) => policy !== a && policy !== b);
      const first = (winner: Policy, loser: Policy) =>
        outcomeOf(ground, situation, { rules: new Set(rulesOf(situation, [loser, ...rest], winner)) });
      const [x, y] = [first(a, b), first(b, a)];
      // It does not come to this tier, or comes to the same.
      if (x.verdict === 'unsure' || y.verdict === 'unsure' || x.verdict === y.verdict) return [];
      return [
        {
          direction: ground.direction,
          tier: atEnd.tier,
          order: a.order,
          one: { hit: one, verdict: x.verdict },
          other: { hit: other, verdict: y.verdict },
          first: { before: firstOf(a, b, 'v3.31.0'), since: firstOf(a, b, 'v3.32.0') },
        },
      ];
    });
  });
}

function rulesOf({ hits }: Situation, policies: readonly Policy[], winner: Policy) {
  return hits.filter(({ policy }) => policy !== winner && policies.includes(policy)).map(({ rule }) => rule);
}

function firstOf(a: Policy, b: Policy, version: string): Policy {
  return comparePolicies(calicoVersion(version))(a, b) <= 0 ? a : b;
}

function pairs<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((one, i) => all.slice(i + 1).map((other): [T, T] => [one, other]));
}

function nameOf({ kind, namespace, name }: Policy): string {
  return `${kind} ${namespace}/${name}`;
}
