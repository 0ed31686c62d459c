import assert from 'node:assert/strict';
import { pickUp } from '../../cli/engine/pick-up.ts';

const urn =
  'urn:pulumi:lab::calispray::calispray:policies:Policies$kubernetes:core/v1:Namespace::lab-policies-production';

async function pickedUp(pending: object[] | undefined, env: NodeJS.ProcessEnv = {}) {
  const said: string[] = [];
  const deployment = pending === undefined ? {} : { pending_operations: pending };
  await pickUp({ exportStack: async () => ({ version: 3, deployment }) }, env, (line) => said.push(line));
  return { upsert: env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS, said };
}

describe('picking up a run that was cut off', () => {
  it('lets the provider take over what it was making, and says so', async () => {
    const { upsert, said } = await pickedUp([
      { type: 'creating', resource: { urn, type: 'kubernetes:core/v1:Namespace' } },
    ]);
    assert.equal(upsert, 'true');
    assert.match(said.join(), /lab-policies-production/);
  });

  it('lets it take over nothing otherwise, whatever the run before was allowed', async () => {
    const others = [
      { type: 'updating', resource: { urn, type: 'kubernetes:core/v1:Namespace' } },
      { type: 'creating', resource: { urn, type: 'command:remote:Command' } },
    ];
    for (const pending of [undefined, [], others]) {
      const { upsert, said } = await pickedUp(pending, { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: 'true' });
      assert.equal(upsert, undefined);
      assert.deepEqual(said, []);
    }
  });
});
