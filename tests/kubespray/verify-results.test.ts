import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  chosen,
  summaryOf,
  type VerifyEvent,
  verificationOf,
  verifyEventIn,
  verifyEventsIn,
  verifyPlan,
} from '../../kubespray/verify/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const plan = verifyPlan(clusterOf(edited(stackCluster('dev'), { verify: { optional: ['outside'] } })));
const passed = (id: string): VerifyEvent => ({ event: 'check', id, outcome: 'passed', seen: 'so', seconds: 0.1 });
const end: VerifyEvent = { event: 'end', ok: true, seconds: 4.2, left: [] };
const all = [...plan.checks.map(({ id }) => passed(id)), end];

describe('what a verification says', () => {
  it('is read line by line, whatever else is printed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant('{"event":"check","id":7}')), (line) => {
        const event = verifyEventIn(line);
        if (event !== undefined) assert.ok(['step', 'check', 'end'].includes(event.event));
      }),
    );
    assert.deepEqual(verifyEventsIn(`warning: x\n${all.map((event) => JSON.stringify(event)).join('\n')}\n`), all);
  });

  it('takes no outcome but the three for one', () => {
    assert.equal(verifyEventIn('{"event":"check","id":"routes/a","outcome":"ok","seen":"x","seconds":1}'), undefined);
    assert.equal(verifyEventIn('{"event":"end","ok":"true","seconds":1,"left":[]}'), undefined);
  });

  it('is well where every check passed', () => {
    const { ok, checks, seconds } = verificationOf(plan, all);
    assert.deepEqual([ok, seconds, summaryOf(checks)], [true, 4.2, `${plan.checks.length} checks passed`]);
  });

  it('has failed where a required check did, or where nothing was said of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...plan.checks), fc.boolean(), ({ id, required }, silent) => {
        const rest = all.filter((event) => event.event !== 'check' || event.id !== id);
        const failed: VerifyEvent = {
          event: 'check',
          id,
          outcome: 'failed',
          seen: 'nothing',
          hint: 'look',
          seconds: 1,
        };
        const { ok, checks } = verificationOf(plan, silent ? rest : [failed, ...rest], 'it was ended');
        assert.equal(ok, !required);
        assert.equal(checks.length, plan.checks.length);
        const found = checks.find((check) => check.id === id);
        assert.deepEqual([found?.outcome, found?.seen], ['failed', silent ? 'it was ended' : 'nothing']);
      }),
    );
  });

  it('is neither well nor passed where something could not be taken away, and where it is not judged', () => {
    const left = all.with(-1, {
      ...end,
      ok: false,
      left: ['kubectl delete namespace calispray-verify-1'],
    } as VerifyEvent);
    assert.equal(verificationOf(plan, left).ok, false);
    const id = 'policy-enforced';
    const unjudged = all.map(
      (event): VerifyEvent =>
        event.event === 'check' && event.id === id ? { ...event, outcome: 'not-judged', hint: 'the lab' } : event,
    );
    const { ok, checks } = verificationOf(plan, unjudged);
    assert.equal(ok, true);
    assert.equal(summaryOf(checks), `${plan.checks.length - 1} checks passed, 1 not judged`);
  });
});

describe('checks by name', () => {
  const of = (...words: string[]) => chosen(plan.checks, words).checks.map(({ id }) => id);

  it('are those of a group, of a node, or one', () => {
    assert.deepEqual(
      of('bgp-sessions'),
      ['masternode', 'homelab', 'storagenodet3500'].map((name) => `bgp-sessions/${name}`),
    );
    assert.deepEqual(of('routes/homelab', 'dns-udp'), ['routes/homelab', 'dns-udp']);
    assert.deepEqual(of('pods-across-nodes/homelab'), [
      'pods-across-nodes/masternode+homelab',
      'pods-across-nodes/homelab+storagenodet3500',
    ]);
    assert.deepEqual(of('pods-across-nodes/masternode+homelab'), ['pods-across-nodes/masternode+homelab']);
  });

  it('that are none are said, with the one that may be meant', () => {
    assert.deepEqual(chosen(plan.checks, ['rotues', 'nothing-of-ours', 'routes/homlab']).unknown, [
      { word: 'rotues', meant: 'routes' },
      { word: 'nothing-of-ours' },
      { word: 'routes/homlab', meant: 'routes/homelab' },
    ]);
  });
});
