/** Which pairs of nodes are tried. */

/** Up to here every pair is: 4950 of them. Beyond, they grow with the square and prove no more of the network. */
export const EVERY_PAIR_UP_TO = 100;

/** Steps around the ring of nodes, so that every node is in two pairs for each. */
const STEPS = 2;

export interface Pairs<T> {
  readonly pairs: readonly (readonly [T, T])[];
  /** Not every pair is among them. */
  readonly sampled: boolean;
}

/**
 * Every unordered pair once, the earlier one first. Of more than a hundred nodes each with its neighbours around a ring, one and a third
 * of the ring away: every node is in four pairs, and a rack that is cut off from another shows.
 */
export function pairsOf<T>(nodes: readonly T[], most = EVERY_PAIR_UP_TO): Pairs<T> {
  if (nodes.length <= most) {
    return { pairs: nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => [a, b] as const)), sampled: false };
  }
  const far = Math.floor(nodes.length / 3);
  const steps = [1, far].slice(0, STEPS);
  const found = new Map<string, readonly [T, T]>();
  for (const step of steps) {
    for (const i of nodes.keys()) {
      const j = (i + step) % nodes.length;
      const [first, second] = [Math.min(i, j), Math.max(i, j)];
      if (first !== second) found.set(`${first} ${second}`, [nodes[first] as T, nodes[second] as T]);
    }
  }
  return { pairs: [...found.values()], sampled: true };
}
