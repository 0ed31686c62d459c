import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../../cluster/index.ts';
import { CalicoCluster, World, worldArgs } from '../../components/index.ts';
import { type Declared, fitNode, noteDeclared } from '../support/declared.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const WORLD = 'calispray:reachability:World';
const dev = stackCluster('dev');

describe('the declared world', () => {
  let declared: Declared[];
  beforeEach(() => {
    declared = noteDeclared(() => fitNode, { record: undefined });
  });

  const worlds = () => declared.filter(({ type }) => type === WORLD);
  /** Every registration has been noted by then. */
  const settled = () => new Promise((done) => setTimeout(done, 50));

  it('of a cluster has its nodes, pools and workloads, its expectations and where its policies stand, and no policy', async () => {
    new CalicoCluster('vmstation', { cluster: clusterOf(dev) });
    await settled();
    const [world, ...others] = worlds();
    assert.deepEqual([world?.name, others], ['vmstation-world', []]);
    const { calico, resources, expect, origins } = (world?.inputs ?? {}) as {
      calico: string;
      resources: { kind: string; metadata: { name: string } }[];
      expect: { verdict: string; path: string }[];
      origins: Record<string, string>;
    };
    assert.match(calico, /^v?3\.\d+\.\d+$/);
    const kinds = new Set(resources.map(({ kind }) => kind));
    for (const kind of ['Namespace', 'Node', 'IPPool', 'Pod', 'Service']) assert.ok(kinds.has(kind), kind);
    assert.ok(![...kinds].some((kind) => kind.endsWith('Policy')), [...kinds].join());
    assert.deepEqual(
      expect.map(({ verdict, path }) => [verdict, path]),
      [
        ['allow', 'expect[0]'],
        ['deny', 'expect[1]'],
        ['allow', 'expect[2]'],
        ['allow', 'expect[3]'],
      ],
    );
    assert.equal(origins['NetworkPolicy production/allow-dns'], 'policies.allowDns[0]');
  });

  it('can be declared by a program of one’s own, from what may come later', async () => {
    const resources = pulumi.output([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }]);
    new World('own', { resources });
    await settled();
    assert.deepEqual(
      worlds().map(({ name, inputs }) => [name, inputs]),
      [
        [
          'own',
          { resources: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }], expect: [], origins: {} },
        ],
      ],
    );
  });

  it('is the same for the same cluster', () => {
    assert.deepEqual(worldArgs(clusterOf(dev)), worldArgs(clusterOf(dev)));
  });

  describe('without the policy pack', () => {
    const refusedByApi = edited(dev, {
      policies: {
        extra: [
          {
            apiVersion: 'projectcalico.org/v3',
            kind: 'GlobalNetworkPolicy',
            metadata: { name: 'lan' },
            spec: { types: ['Ingress'], selector: 'all(', ingress: [{ action: 'Allow' }] },
          },
        ],
      },
    });
    const before = process.env.CALISPRAY_PACK;
    afterEach(() => {
      if (before === undefined) delete process.env.CALISPRAY_PACK;
      else process.env.CALISPRAY_PACK = before;
    });

    it('what the API would refuse is refused by the cluster, before anything of it is declared', async () => {
      delete process.env.CALISPRAY_PACK;
      assert.throws(
        () => new CalicoCluster('vmstation', { cluster: clusterOf(refusedByApi) }),
        (error: unknown) =>
          error instanceof UserError &&
          error.findings.every(({ class: cls }) => cls === 'refused') &&
          error.findings.some(({ path }) => path.startsWith('policies.extra[0].spec.selector')),
      );
      await settled();
      assert.deepEqual(
        declared.map(({ type }) => type),
        ['calispray:cluster:CalicoCluster'],
      );
    });

    it('and left to the pack where there is one', () => {
      process.env.CALISPRAY_PACK = '1';
      assert.doesNotThrow(() => new CalicoCluster('vmstation', { cluster: clusterOf(refusedByApi) }));
    });
  });
});
