import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { junitOf } from '../../cli/verify/junit.ts';
import { progressLines } from '../../cli/verify/progress.ts';
import { tableOf } from '../../cli/verify/table.ts';
import {
  type CheckResult,
  type Outcome,
  type Verification,
  type VerifyEvent,
  verificationOf,
  verifyPlan,
} from '../../kubespray/verify/index.ts';
import { assertGolden } from '../support/golden.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const dir = join(import.meta.dirname, 'verify');
const AT = '2026-11-23T21:10:00.000Z';
const plan = verifyPlan(clusterOf(edited(stackCluster('dev'), { verify: { optional: ['outside/homelab'] } })));

/** What is seen where all is well, in the words of components/remote/verify/. */
function seenOf(id: string, expected: string): string {
  const [group = '', which = ''] = id.split('/');
  const bytes = '84 and 1440 bytes';
  const words: Readonly<Record<string, string>> = {
    'components-ready': expected.replace(/^ready on/, 'Ready on').replace(/^(\d+) pods? ready$/, '$1 Ready'),
    'pool-as-declared': 'cidr 10.244.0.0/16; blockSize 26; ipipMode Always; vxlanMode Never; natOutgoing on',
    'bgp-sessions': '2 Established',
    routes: '2 of 2 blocks have a route',
    'pods-same-node': `${bytes}, both ways`,
    'pods-across-nodes': `${bytes}, TCP and UDP, both ways`,
    'dns-udp': '10.233.0.1 by 169.254.25.10 from 3 nodes',
    'dns-tcp': '10.233.0.1 by 169.254.25.10 from 3 nodes',
    service: '10.233.28.9 reached from 3 nodes',
    outside: `${which === 'masternode' ? 'homelab' : 'masternode'} sees ${expected.replace('sender ', '')}`,
    'policy-enforced': 'reached before, not after',
  };
  return words[group] ?? expected;
}

/** The verification of the plan in which these came to something else than passed. */
function world(others: Readonly<Record<string, Partial<CheckResult>>>, left: readonly string[] = []): Verification {
  const events = plan.checks.map(({ id, expected }): VerifyEvent => {
    const { outcome = 'passed', seen = seenOf(id, expected), hint, seconds = 0.25 } = others[id] ?? {};
    return { event: 'check', id, outcome, seen, ...(hint === undefined ? {} : { hint }), seconds };
  });
  return verificationOf(plan, [...events, { event: 'end', ok: true, seconds: 9.84, left }]);
}

const lab = {
  outcome: 'not-judged' as const,
  seen: 'reached in spite of it',
  hint: 'the lab enforces no policies',
};
const worlds: Readonly<Record<string, Verification>> = {
  fine: world({}),
  lab: world({ 'policy-enforced': lab, 'components-ready/calico-node': { ...lab, seen: '' } }),
  failed: world(
    {
      'pods-across-nodes/masternode+homelab': {
        outcome: 'failed',
        seen: 'masternode → homelab: 1412 bytes are the most, and nobody says so: large packets vanish',
        hint: 'lower network.mtu to 1412, or mend the path between the nodes',
      },
      'bgp-sessions/homelab': {
        outcome: 'failed',
        seen: '1 of 2 Established; 192.168.4.63 is Active Socket: Connection timed out',
        hint: 'TCP 179 must pass between the nodes, and BIRD run at both ends',
      },
      'outside/homelab': {
        outcome: 'failed',
        seen: 'storagenodet3500 sees the pod’s own address 10.244.1.7',
        hint: 'natOutgoing of the pool is off, or the node’s NAT rules are missing',
      },
    },
    ['masternode: kubectl delete namespace calispray-verify-0a1b2c'],
  ),
  hostile: world({
    'bgp-sessions/homelab': { outcome: 'failed', seen: '1 of 2 Established; 192.168.4.63 is Active\u001b[31m' },
  }),
};

describe('what calispray verify shows', () => {
  for (const [name, verification] of Object.entries(worlds)) {
    it(`is a table of the checks and what there is to say of them: ${name}`, () => {
      assertGolden(join(dir, `${name}.txt`), `${tableOf(verification).join('\n')}\n`);
    });

    it(`is JUnit: ${name}`, () => {
      assertGolden(join(dir, `${name}.xml`), junitOf(verification, AT));
    });
  }

  it('puts many checks of a group into one line where all of them passed, and shows each otherwise', () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [
        `n${i}`,
        { address: `192.168.4.${i + 1}`, roles: i === 0 ? ['control-plane', 'etcd', 'worker'] : ['worker'] },
      ]),
    );
    const large = verifyPlan(clusterOf(edited(stackCluster('dev'), { nodes })));
    const passed = large.checks.map(
      ({ id }): VerifyEvent => ({ event: 'check', id, outcome: 'passed', seen: 'so', seconds: 0 }),
    );
    const rows = (events: readonly VerifyEvent[]) =>
      tableOf(verificationOf(large, events)).filter((line) => /^. pods-across/.test(line));
    assert.deepEqual(
      rows(passed).map((row) => row.replace(/ +/g, ' ')),
      ['✓ pods-across-nodes all 45 passed'],
    );
    assert.equal(
      rows(passed.filter((event) => event.event !== 'check' || event.id !== 'pods-across-nodes/n0+n1')).length,
      45,
    );
  });

  it('never lets what a host says steer the terminal, or break the table', () => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom<Outcome>('passed', 'failed', 'not-judged'),
        fc.constantFrom(...plan.checks),
        (seen, outcome, { id }) => {
          const lines = tableOf(world({ [id]: { outcome, seen, hint: seen } }, [seen]));
          // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
          for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
          const shown = lines.filter((line) => line.split(' ')[1] === id);
          assert.equal(shown.length, 1);
          const xml = junitOf(world({ [id]: { outcome, seen, hint: seen } }), AT);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
          assert.doesNotMatch(xml, /[\u0000-\u0008\ufffe\uffff]|\p{Cs}/u);
        },
      ),
    );
  });

  it('counts in JUnit what fails, and takes what is optional or not judged for skipped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Outcome>('passed', 'failed', 'not-judged'), {
          minLength: plan.checks.length,
          maxLength: plan.checks.length,
        }),
        (outcomes) => {
          const given = Object.fromEntries(
            plan.checks.map(({ id }, i) => [id, { outcome: outcomes[i] as Outcome, seen: 'so' }]),
          );
          const verification = world(given);
          const text = junitOf(verification, AT);
          const count = (word: string) => Number(new RegExp(`<testsuites[^>]* ${word}="(\\d+)"`).exec(text)?.[1]);
          const failed = verification.checks.filter(({ outcome, required }) => outcome === 'failed' && required).length;
          assert.deepEqual([count('tests'), count('failures')], [plan.checks.length, failed]);
          assert.equal(verification.ok, failed === 0);
          assert.equal(
            (text.match(/<skipped/g) ?? []).length,
            verification.checks.filter(
              ({ outcome, required }) => outcome === 'not-judged' || (outcome === 'failed' && !required),
            ).length,
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('tells while it is at work what is done, and what failed', () => {
    const lines = progressLines(plan);
    const check = (outcome: Outcome): VerifyEvent => ({
      event: 'check',
      id: 'routes/homelab',
      outcome,
      seen: 'x',
      seconds: 0,
    });
    assert.deepEqual(lines({ event: 'step', text: 'Making 5 pods.' }), ['  Making 5 pods …']);
    assert.deepEqual(lines(check('passed')), []);
    assert.deepEqual(lines(check('failed')), ['  ✗ homelab has a route to the pods of every other node.']);
  });
});
