import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Demand, fits } from '../../cluster/ipam.ts';

/** The most pods on nodes with blocks of their own: their tunnels first, then every way of giving out what is left. */
function bruteOwn(blocks: number, size: number, { workers, others, podsPerNode, tunnels }: Demand): number {
  const owned: number[] = [];
  let left = blocks;
  for (let node = 0; node < others + workers; node++) {
    let own = 0;
    for (; own * size < tunnels && left > 0; left--) own++;
    if (own * size < tunnels) return sum(owned.map((each) => Math.min(podsPerNode, each * size - tunnels)));
    if (node >= others) owned.push(own);
  }
  let best = Array<number>(left + 1).fill(0);
  for (const own of owned) {
    best = best.map((_, most) =>
      Math.max(
        ...Array.from(
          { length: most + 1 },
          (__, more) => (best[most - more] ?? 0) + Math.min(podsPerNode, (own + more) * size - tunnels),
        ),
      ),
    );
  }
  return best.at(-1) ?? 0;
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Pods taking addresses one by one as Calico's IPAM has it: from own blocks, a new block, or somebody else's. */
function simulate(blocks: number, size: number, { workers, others, podsPerNode, tunnels }: Demand): number {
  const free: { owner: number; left: number }[] = [];
  const take = (node: number): boolean => {
    const own = free.find((block) => block.owner === node && block.left > 0);
    if (own === undefined && free.length < blocks) free.push({ owner: node, left: size });
    const block = free.find((each) => each.owner === node && each.left > 0) ?? free.find((each) => each.left > 0);
    if (block !== undefined) block.left -= 1;
    return block !== undefined;
  };
  for (let node = 0; node < workers + others; node++) for (let i = 0; i < tunnels; i++) take(node);
  let pods = 0;
  for (let i = 0; i < podsPerNode; i++) for (let node = 0; node < workers; node++) if (take(node)) pods++;
  return pods;
}

const small = fc.record({
  blocks: fc.integer({ min: 0, max: 14 }),
  size: fc.constantFrom(1, 2, 4, 8),
  workers: fc.integer({ min: 0, max: 5 }),
  others: fc.integer({ min: 0, max: 2 }),
  podsPerNode: fc.integer({ min: 0, max: 20 }),
  tunnels: fc.integer({ min: 0, max: 3 }),
});

describe('what blocks hold', () => {
  it('is what trying every way of giving out own blocks finds', () => {
    fc.assert(
      fc.property(small, ({ blocks, size, ...demand }) => {
        const strict = { ...demand, strict: true };
        assert.equal(fits(blocks, size, strict).pods, bruteOwn(blocks, size, strict));
      }),
      { numRuns: 2000 },
    );
  });

  it('is what pods get one by one, where nodes may borrow', () => {
    fc.assert(
      fc.property(small, ({ blocks, size, ...demand }) => {
        const borrowing = { ...demand, strict: false };
        assert.equal(fits(blocks, size, borrowing).pods, simulate(blocks, size, borrowing));
      }),
    );
  });

  it('is as many full nodes as would all find room', () => {
    fc.assert(
      fc.property(small, fc.boolean(), ({ blocks, size, ...demand }, strict) => {
        fc.pre(demand.podsPerNode > 0);
        const full = (workers: number) => {
          const all = { ...demand, strict, workers };
          const pods = strict ? bruteOwn(blocks, size, all) : simulate(blocks, size, all);
          return pods === workers * demand.podsPerNode;
        };
        const { nodes: count } = fits(blocks, size, { ...demand, strict });
        assert.equal(full(count), true, `${count} fit`);
        assert.equal(full(count + 1), false, `${count + 1} do not`);
      }),
    );
  });

  it('is no node where none may run a pod', () => {
    for (const strict of [true, false]) {
      assert.deepEqual(fits(8, 4, { workers: 2, others: 0, podsPerNode: 0, tunnels: 1, strict }), {
        nodes: 0,
        pods: 0,
      });
      assert.deepEqual(fits(8, 4, { workers: 2, others: 0, podsPerNode: 0, tunnels: 0, strict }), {
        nodes: 0,
        pods: 0,
      });
    }
  });

  it('is nothing for workers whose tunnels find no address', () => {
    // Two blocks of two for the first one's three tunnels; the third block goes to the next one's, in vain.
    assert.equal(fits(3, 2, { workers: 2, others: 0, podsPerNode: 5, tunnels: 3, strict: true }).pods, 1);
  });

  it('is never more with own blocks alone, once every node has its tunnels', () => {
    fc.assert(
      fc.property(small, ({ blocks, size, ...demand }) => {
        fc.pre(blocks >= (demand.workers + demand.others) * Math.ceil(demand.tunnels / size));
        const [own, borrowed] = [true, false].map((strict) => fits(blocks, size, { ...demand, strict }));
        assert.ok(own !== undefined && borrowed !== undefined);
        assert.ok(own.pods <= borrowed.pods && own.nodes <= borrowed.nodes);
      }),
    );
  });
});
