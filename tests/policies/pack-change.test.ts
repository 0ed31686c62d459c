import assert from 'node:assert/strict';
import { subjectOf } from '../../kubespray/index.ts';
import { type Change, type Facts, factsOf } from '../../kubespray/plan/index.ts';
import { PLAN } from '../../policies/mount/seen.ts';
import { change as changeRules } from '../../policies/rules/change/index.ts';
import { INVENTORY, PackRun, UNKNOWN } from '../support/pack.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const lab = stackCluster('lab');
const applied = factsOf(clusterOf(lab), 'source');
const desired = factsOf(
  clusterOf(edited(lab, { network: { pods: '10.245.0.0/16', pool: { cidr: '10.245.0.0/16', blockSize: 26 } } })),
  'source',
);
const changed = (to: Facts): Change => ({ applied, desired: to, removeDead: [] });

/** A preview that declares a plan with these inputs. */
async function planned(inputs: object, levels: ConstructorParameters<typeof PackRun>[0] = {}): Promise<PackRun> {
  const run = new PackRun(levels);
  await run.register(PLAN, 'own', inputs);
  return run.finish();
}

describe('the pack, on what a change would do', () => {
  it('refuses what a cluster that lives cannot change, with the field and the way out', async () => {
    const { said } = await planned({ plan: {}, change: changed(desired) });
    assert.ok(said.length > 0);
    for (const { level, message } of said) {
      assert.equal(level, 'mandatory');
      assert.match(message, /refused \(critical\) at \S+: .*\n\s+→ /);
    }
    assert.ok(said.some(({ message }) => message.includes('at network.pods')));
  });

  it('cannot be talked out of it by a level', async () => {
    const codes = (await planned({ change: changed(desired) })).codes;
    const refused = changeRules.filter((rule) => rule.class === 'refused').map((rule) => rule.code);
    for (const level of ['advisory', 'disabled'] as const) {
      const levels = Object.fromEntries(refused.map((code) => [code, level]));
      assert.deepEqual((await planned({ change: changed(desired) }, levels)).codes, codes, level);
    }
  });

  it('has nothing against a plan that changes nothing, and misses nothing in one that nobody can know yet', async () => {
    const strict = { 'not-judged': 'mandatory' } as const;
    for (const inputs of [
      {},
      { plan: { first: true } },
      { change: changed(applied) },
      { change: UNKNOWN, plan: UNKNOWN },
    ]) {
      assert.deepEqual((await planned(inputs, strict)).codes, [], JSON.stringify(inputs).slice(0, 80));
    }
  });

  it('takes a change for no part of an inventory, and an inventory for no change', async () => {
    const run = new PackRun();
    await run.register(INVENTORY, 'own', { ...subjectOf(clusterOf(lab)), change: changed(desired) });
    await run.register(PLAN, 'own', { change: changed(applied), variables: { calico_mtu: 99_999 } });
    await run.finish();
    assert.deepEqual(run.codes, []);
  });
});
