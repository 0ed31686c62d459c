import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contains, overlaps, range } from '../../cluster/index.ts';
import { blockOf, poolsInUse } from '../../kubespray/status/ipam.ts';
import { python } from './python.ts';

/** What a node asks of the books: an address for a handle, or that a handle's are free again. */
interface Step {
  readonly node: string;
  readonly take?: string;
  readonly back?: string;
}
interface Pool {
  readonly cidr: string;
  readonly blockSize: number;
}
interface World {
  readonly pools: readonly Pool[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly reserved?: readonly string[];
  readonly taken?: readonly string[];
  readonly nodes?: readonly { name: string; blocks: readonly string[] }[];
  readonly steps: readonly Step[];
}
interface Held {
  readonly address: string;
  readonly handle: string;
  readonly node: string;
}
interface Played {
  /** What each step was given: an address, or why none. */
  readonly said: string[];
  readonly specs: { cidr: string; affinity: string; allocations: (number | null)[]; unallocated: number[] }[];
  readonly held: Held[];
  readonly carried: Record<string, { more?: string[]; borrowed?: string[] }>;
}

/** The books without an API: each world's steps one after the other. */
const program = `
import json, os, sys
sys.path.insert(0, os.environ["KUBESPRAY"] + "roles/network_plugin/files")
import ipam
out = []
for world in json.load(sys.stdin):
    specs, said = [], []
    reserved = ipam.networks(world.get("reserved", []))
    for step in world["steps"]:
        if "back" in step:
            said.append(str(sum(sum(ipam.give_back(s, lambda handle, *_: handle == step["back"]).values()) for s in specs)))
            continue
        try:
            spec, new = ipam.choose(step["node"], specs, world["pools"], world.get("config", {}), reserved, world.get("taken", []))
        except ipam.NoAddress as e:
            said.append(str(e))
            continue
        if new:
            specs.append(spec)
        said.append(ipam.take(spec, ipam.free(spec, reserved)[0], step["take"], {"node": step["node"], "pod": step["take"]}))
    held = [{"address": a, "handle": h, "node": x["node"]} for s in specs for a, h, x in ipam.held(s)]
    out.append({"said": said, "specs": specs, "held": held, "carried": ipam.carried(specs, world.get("nodes", []))})
print(json.dumps(out))
`;

const play = (...worlds: World[]): Played[] => python(program, worlds);
const only = (world: World): Played => play(world)[0] as Played;
const takes = (node: string, ...handles: string[]): Step[] => handles.map((take) => ({ node, take }));
const the = (cidr: string) => {
  const found = range(cidr);
  assert.ok(found, cidr);
  return found;
};

describe('addresses of the lab', () => {
  const tiny = [{ cidr: '10.245.0.0/30', blockSize: 31 }];
  const none = 'failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; ';

  it('come of the node’s own blocks, then of further ones, then of other nodes’, until the pool is empty', () => {
    const { said, carried } = only({
      pools: tiny,
      nodes: [
        { name: 'a', blocks: ['10.245.0.2/31'] },
        { name: 'b', blocks: ['10.244.0.0/26'] },
      ],
      steps: [...takes('a', '1'), ...takes('b', '2', '3', '4', '5')],
    });
    assert.deepEqual(said, [
      '10.245.0.2',
      '10.245.0.0',
      '10.245.0.1',
      '10.245.0.3',
      `${none}No IPs available in pools: [10.245.0.0/30]`,
    ]);
    assert.deepEqual(carried, { b: { more: ['10.245.0.0/31'], borrowed: ['10.245.0.3'] } });
  });

  it('are of no other node’s block where affinity is strict, and of no more blocks than a node may have', () => {
    const [strict, limited, manual] = play(
      { pools: tiny, config: { strictAffinity: true }, steps: [...takes('a', '1', '2', '3'), ...takes('b', '4')] },
      { pools: tiny, config: { maxBlocksPerHost: 1 }, steps: takes('a', '1', '2', '3') },
      { pools: tiny, config: { autoAllocateBlocks: false }, steps: takes('a', '1') },
    );
    assert.equal(strict?.said[3], `${none}No more free affine blocks and strict affinity enabled`);
    assert.deepEqual(limited?.said.slice(2), ['cannot allocate new block due to per host block limit']);
    assert.deepEqual(manual?.said, [`${none}No IPs available in pools: [10.245.0.0/30]`]);
  });

  it('leave out what is reserved, and blocks that the playbooks gave away', () => {
    const [reserved, taken] = play(
      { pools: tiny, reserved: ['10.245.0.2/31', '10.245.0.0/32'], steps: takes('a', '1', '2') },
      { pools: tiny, taken: ['10.245.0.2/31'], steps: takes('a', '1') },
    );
    assert.deepEqual(reserved?.said, ['10.245.0.1', `${none}No IPs available in pools: [10.245.0.0/30]`]);
    assert.deepEqual(taken?.said, ['10.245.0.0']);
  });

  it('that are given back have their turn after those that were free before', () => {
    const { said } = only({
      pools: [{ cidr: '10.245.0.0/30', blockSize: 30 }],
      steps: [...takes('a', '1', '2'), { node: 'a', back: '1' }, ...takes('a', '3', '4', '5')],
    });
    assert.deepEqual(said, ['10.245.0.0', '10.245.0.1', '1', '10.245.0.2', '10.245.0.3', '10.245.0.0']);
  });

  it('have one holder each, and lie in a block of the pool, whoever comes and goes; status counts them', () => {
    const steps = fc.array(
      fc.record({ node: fc.constantFrom('a', 'b', 'c'), handle: fc.integer({ min: 0, max: 30 }), back: fc.boolean() }),
      { maxLength: 60 },
    );
    const worlds = fc.sample(fc.record({ prefix: fc.integer({ min: 26, max: 29 }), steps }), 60).map((drawn) => {
      const held = new Set<number>();
      return {
        pools: [{ cidr: `10.245.0.0/${drawn.prefix}`, blockSize: 30 }],
        steps: drawn.steps.flatMap(({ node, handle, back }): Step[] => {
          if (back) return held.delete(handle) ? [{ node, back: `h${handle}` }] : [];
          if (held.has(handle)) return [];
          held.add(handle);
          return [{ node, take: `h${handle}` }];
        }),
      };
    });
    play(...worlds).forEach(({ said, specs, held }, i) => {
      const world = worlds[i] as World;
      const pool = world.pools[0] as Pool;
      const expected = new Set<string>();
      world.steps.forEach((step, at) => {
        if (step.back !== undefined) assert.equal(said[at], expected.delete(step.back) ? '1' : '0');
        else if (said[at]?.startsWith('10.')) expected.add(step.take ?? '');
        else assert.equal(expected.size, 2 ** (32 - Number(pool.cidr.split('/')[1])), said[at]);
      });
      assert.deepEqual(held.map(({ handle }) => handle).sort(), [...expected].sort());
      assert.equal(new Set(held.map(({ address }) => address)).size, held.length);
      for (const spec of specs) {
        assert.ok(contains(the(pool.cidr), the(spec.cidr)));
        assert.equal(specs.filter((other) => overlaps(the(spec.cidr), the(other.cidr))).length, 1, spec.cidr);
        const free = spec.allocations.flatMap((entry, at) => (entry === null ? [at] : []));
        assert.deepEqual(
          [...spec.unallocated].sort((a, b) => a - b),
          free,
        );
      }
      const blocks = specs.flatMap((spec) => blockOf(spec) ?? []);
      const [use] = poolsInUse([{ name: 'p', spec: { cidr: pool.cidr, blockSize: 30 } }], { value: blocks });
      const borrowed = held.filter(({ address, node }) =>
        specs.some(({ cidr, affinity }) => affinity !== `host:${node}` && contains(the(cidr), the(`${address}/32`))),
      );
      assert.deepEqual(use?.use, {
        value: { blocks: specs.length, addresses: held.length, borrowed: borrowed.length },
      });
    });
  });

  it('come of the pools whose selector has the node', () => {
    const selects = `
import json, os, sys
sys.path.insert(0, os.environ["KUBESPRAY"] + "roles/network_plugin/files")
import ipam
print(json.dumps([ipam.selects(s, {"rack": "a", "zone": "x"}) for s in json.load(sys.stdin)]))
`;
    const [yes, no] = [
      [null, '', 'all()', "rack == 'a'", 'rack == "a" && zone != "y"', 'has(rack)', '!has(disk)', "rack in {'a', 'b'}"],
      ["rack == 'b'", 'has(disk)', "rack not in { 'a' }", "has(rack) && zone == 'y'", 'rack starts with "a"'],
    ];
    assert.deepEqual(python(selects, yes), Array(8).fill(true));
    assert.deepEqual(python(selects, no), Array(5).fill(false));
  });
});
