import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { Policies } from '../../components/policies.ts';
import { FelixConfiguration } from '../../resources/index.ts';
import { type Declared, noteDeclared } from '../support/declared.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const CALICO = 'projectcalico.org/v3';
const rule = { types: ['Ingress'], ingress: [{ action: 'Allow' }] };
const calico = (kind: string, name: string, spec: object, namespace?: string) => ({
  apiVersion: CALICO,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec,
});
const extra = [
  calico('HostEndpoint', 'homelab-eth0', { node: 'homelab', interfaceName: 'eth0' }),
  calico('GlobalNetworkPolicy', 'platform.hosts', { ...rule, tier: 'platform' }),
  calico('NetworkPolicy', 'own', rule, 'production'),
  { ...calico('NetworkPolicy', 'own-too', { podSelector: {} }, 'production'), apiVersion: 'networking.k8s.io/v1' },
  calico('StagedGlobalNetworkPolicy', 'tried', rule),
  calico('StagedNetworkPolicy', 'tried', rule, 'production'),
  calico('StagedKubernetesNetworkPolicy', 'tried', { podSelector: {} }, 'production'),
  calico('GlobalNetworkSet', 'offices', { nets: ['203.0.113.0/24'] }),
  calico('NetworkSet', 'partners', { nets: ['198.51.100.0/24'] }, 'production'),
  calico('Tier', 'platform', { order: 100 }),
  calico('Tier', 'other', { order: 200 }),
];

describe('policies of a stack', () => {
  /** Everything that is declared, and of each resource what must be there before it. */
  async function declaredOf(policies: object): Promise<{ all: Declared[]; after: Map<string, string[]> }> {
    const all = noteDeclared();
    const after = new Map<string, string[]>();
    const nameOf = async (resource: pulumi.Resource) => `${await promiseOf(resource.urn)}`.split('::').at(-1) ?? '';
    const waiting: Promise<unknown>[] = [];
    const stack = new pulumi.ComponentResource(
      'test:own:Stack',
      'own',
      {},
      {
        transformations: [
          ({ name, opts }) => {
            const before = [opts.dependsOn ?? []].flat() as pulumi.Resource[];
            waiting.push(Promise.all(before.map(nameOf)).then((names) => after.set(name, names.sort())));
            return undefined;
          },
        ],
      },
    );
    const gate = new pulumi.ComponentResource('test:own:Gate', 'gate');
    const cluster = clusterOf(edited(stackCluster('dev'), { policies }));
    new Policies('p', { cluster, after: gate }, { parent: stack });
    await pulumi.runtime.disconnect();
    await Promise.all(waiting);
    return { all, after };
  }

  it('are each of a class of its kind, with what the stack says', async () => {
    const { all } = await declaredOf({ extra, staged: [] });
    for (const { apiVersion, kind, metadata, spec } of extra) {
      const made = all.filter(
        ({ type, inputs }) => type.endsWith(`:${kind}`) && (inputs.metadata as typeof metadata).name === metadata.name,
      );
      assert.equal(made.length, 1, `${kind} ${metadata.name}`);
      const [{ type, inputs } = { type: '', inputs: {} }] = made;
      assert.equal(type, `kubernetes:${apiVersion}:${kind}`);
      assert.deepEqual({ ...inputs }, { apiVersion, kind, metadata, spec });
    }
  });

  it('wait for their namespace, their tier and the sets; host endpoints wait for all that select them', async () => {
    const { after } = await declaredOf({ extra, staged: [] });
    assert.deepEqual(after.get('p-production'), ['gate']);
    assert.deepEqual(after.get('p-platform'), ['gate']);
    assert.deepEqual(after.get('p-production-partners'), ['gate', 'p-production']);
    assert.deepEqual(after.get('p-platform.hosts'), ['gate', 'p-offices', 'p-platform', 'p-production-partners']);
    assert.deepEqual(after.get('p-production-own'), ['gate', 'p-offices', 'p-production', 'p-production-partners']);
    assert.deepEqual(after.get('p-production-own-too'), ['gate', 'p-production']);
    const last = after.get('p-homelab-eth0') ?? [];
    assert.ok(
      last.includes('p-platform.hosts') && last.includes('p-tried') && !last.includes('p-production-own'),
      `${last}`,
    );
  });

  it('have names of their own where namespace and name put together are the same', async () => {
    const pair = [calico('NetworkPolicy', 'b-c', rule, 'a'), calico('NetworkPolicy', 'c', rule, 'a-b')];
    const { all } = await declaredOf({ namespaces: ['a', 'a-b', 'production', 'monitoring'], extra: pair, staged: [] });
    const names = all.filter(({ type }) => type === `kubernetes:${CALICO}:NetworkPolicy`).map(({ name }) => name);
    assert.deepEqual(names.sort(), ['p-a-b_c', 'p-a_b-c']);
  });
});

describe('settings of Felix', () => {
  it('are a patch of what is there', async () => {
    const all = noteDeclared();
    new FelixConfiguration('felix', { spec: { prometheusMetricsEnabled: true } });
    await pulumi.runtime.disconnect();
    assert.deepEqual(
      all.map(({ type, inputs }) => ({ type, inputs: { ...inputs } })),
      [
        {
          type: `kubernetes:${CALICO}:FelixConfigurationPatch`,
          inputs: {
            apiVersion: CALICO,
            kind: 'FelixConfiguration',
            metadata: { name: 'default' },
            spec: { prometheusMetricsEnabled: true },
          },
        },
      ],
    );
  });
});

function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
