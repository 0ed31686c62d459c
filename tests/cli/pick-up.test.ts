import assert from 'node:assert/strict';
import { pickUp } from '../../cli/engine/pick-up.ts';

const urn =
  'urn:pulumi:lab::calispray::calispray:policies:Policies$kubernetes:core/v1:Namespace::lab-policies-production';

async function pickedUp(
  pending: object[] | undefined,
  env: NodeJS.ProcessEnv = {},
  resources: object[] = [],
  carriedOut = false,
) {
  const said: string[] = [];
  const deployment = { resources, ...(pending === undefined ? {} : { pending_operations: pending }) };
  const stack = { exportStack: async () => ({ version: 3, deployment }) };
  await pickUp(stack, env, (line) => said.push(line), carriedOut);
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

  it('lets it take over what is there where the state was lost: the controller has a record and the state none', async () => {
    const { upsert, said } = await pickedUp(undefined, {}, [], true);
    assert.equal(upsert, 'true');
    assert.match(said.join(), /taken over/);
  });

  it('lets it take over nothing where both know the cluster, or neither does', async () => {
    const urnOf = (type: string, name: string) => `urn:pulumi:lab::calispray::${type}::${name}`;
    const build = 'calispray:kubespray:Build';
    const facts = { cluster: 'lab', release: {}, settings: {}, calico: {}, hosts: {}, peers: {} };
    const known = [
      { urn: urnOf(build, 'lab-build'), type: build },
      {
        urn: urnOf(`${build}$command:remote:Command`, 'lab-build-record').replace(
          'calispray:kubespray',
          'x$calispray:kubespray',
        ),
        type: 'command:remote:Command',
        outputs: { stdout: JSON.stringify(facts) },
      },
    ];
    for (const [resources, carriedOut] of [
      [known, true],
      [known, false],
      [[], false],
    ] as const) {
      const { upsert } = await pickedUp(undefined, {}, [...resources], carriedOut);
      assert.equal(upsert, undefined);
    }
  });
});
