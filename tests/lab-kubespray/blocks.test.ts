import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contains, overlaps, range } from '../../cluster/index.ts';
import { python } from './python.ts';

interface Step {
  readonly pool: string;
  readonly block_size: number;
  readonly nodes?: readonly { name: string; address: string }[];
  readonly remove?: readonly string[];
  /** Blocks in the API, by CIDR, and whose they are. */
  readonly claimed?: Readonly<Record<string, string>>;
}
interface Member {
  readonly name: string;
  readonly place: number;
  readonly blocks: readonly string[];
}
type Answer = { members: Member[]; changed: boolean } | { failed: true; msg: string };

/** Calls the module once a step on one file; each of `runs` starts without a file. */
const program = `
import contextlib, io, json, os, sys, tempfile
sys.path.insert(0, os.environ["KUBESPRAY"] + "library")
import calico_blocks
out = []
for run in json.load(sys.stdin):
    answers = []
    with tempfile.TemporaryDirectory() as d:
        for step in run:
            claimed = step.pop("claimed", {})
            calico_blocks.claimed = lambda **api: claimed
            calico_blocks.GIVEN = json.dumps({**step, "path": d + "/calico/blocks.json", "api": {"server": "https://192.168.4.63:6443"}})
            with contextlib.redirect_stdout(io.StringIO()) as said:
                try: calico_blocks.main()
                except SystemExit: pass
            answers.append(json.loads(said.getvalue()))
    out.append(answers)
print(json.dumps(out))
`;

const play = (runs: readonly (readonly Step[])[]): Answer[][] => python(program, runs);
const nodes = (...names: string[]) => names.map((name, i) => ({ name, address: `192.168.4.${i + 1}` }));
const the = (cidr: string) => {
  const found = range(cidr);
  assert.ok(found, cidr);
  return found;
};
const members = (answer: Answer | undefined): Member[] => {
  assert.ok(answer !== undefined && 'members' in answer, JSON.stringify(answer));
  return answer.members;
};

describe('blocks of the lab', () => {
  const pool = { pool: '10.244.0.0/16', block_size: 26 };

  it('are contiguous, and stay with a node whoever comes and goes', () => {
    const [answers] = play([
      [
        { ...pool, nodes: nodes('masternode', 'storagenodet3500', 'homelab') },
        { ...pool, remove: ['storagenodet3500'] },
        { ...pool, nodes: nodes('masternode', 'homelab', 'new') },
        { ...pool, nodes: nodes('masternode', 'homelab', 'new') },
      ],
    ]);
    const told = (answers ?? []).map((answer) =>
      members(answer).map(({ name, blocks }) => [name, ...blocks].join(' ')),
    );
    assert.deepEqual(told, [
      ['masternode 10.244.0.0/26', 'storagenodet3500 10.244.0.64/26', 'homelab 10.244.0.128/26'],
      ['masternode 10.244.0.0/26', 'homelab 10.244.0.128/26'],
      ['masternode 10.244.0.0/26', 'new 10.244.0.64/26', 'homelab 10.244.0.128/26'],
      ['masternode 10.244.0.0/26', 'new 10.244.0.64/26', 'homelab 10.244.0.128/26'],
    ]);
    assert.deepEqual(
      answers?.map((answer) => 'changed' in answer && answer.changed),
      [true, true, true, false],
    );
  });

  it('that pods took meanwhile stay where they are: who joins gets others', () => {
    const claimed = { '10.244.0.64/26': 'masternode', '10.244.0.128/26': 'new' };
    const [answers] = play([
      [
        { ...pool, nodes: nodes('masternode') },
        { ...pool, nodes: nodes('masternode', 'new'), claimed },
        { ...pool, nodes: nodes('other'), claimed: { ...claimed, '10.244.0.192/26': '' } },
      ],
    ]);
    assert.deepEqual(
      members(answers?.[2]).map(({ name, blocks }) => [name, ...blocks].join(' ')),
      ['masternode 10.244.0.0/26', 'new 10.244.0.128/26', 'other 10.244.1.0/26'],
    );
  });

  it('are too few for the nodes of a small pool: said', () => {
    const [answers] = play([[{ pool: '10.244.0.0/25', block_size: 26, nodes: nodes('a', 'b', 'c') }]]);
    const msg = 'the pool 10.244.0.0/25 has blocks of /26 for 2 nodes: none is left for c';
    assert.deepEqual(answers, [{ failed: true, msg }]);
  });

  it('lie in the pool, apart from each other, with room for a tunnel and two pods', () => {
    const sizes = fc.integer({ min: 20, max: 32 }).chain((size) =>
      fc.record({
        pool: fc.integer({ min: 16, max: Math.min(size - 4, 26) }).map((prefix) => `10.244.0.0/${prefix}`),
        block_size: fc.constant(size),
        nodes: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 5 }),
      }),
    );
    const samples = fc.sample(sizes, 60);
    const answers = play(samples.map((sample) => [{ ...sample, nodes: nodes(...sample.nodes) }]));
    answers.forEach((answer, i) => {
      const { pool: cidr, block_size: size, nodes: names } = samples[i] as (typeof samples)[number];
      const found = members(answer[0]);
      assert.deepEqual(
        found.map(({ name }) => name),
        names,
      );
      const blocks = found.flatMap((member) => member.blocks);
      for (const block of blocks) {
        assert.ok(contains(the(cidr), the(block)), `${block} in ${cidr}`);
        assert.equal(blocks.filter((other) => overlaps(the(block), the(other))).length, 1, block);
      }
      for (const member of found) assert.ok(member.blocks.length * 2 ** (32 - size) >= 3);
    });
  });
});
