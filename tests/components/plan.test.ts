import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { type Cluster, UserError } from '../../cluster/index.ts';
import { CalicoCluster, kubespraySource } from '../../components/index.ts';
import { factsOf, type Plan } from '../../kubespray/plan/index.ts';
import { type Declared, HOST_KEY, noteDeclared } from '../support/declared.ts';
import { clusterOf } from '../support/stacks.ts';

/** What a preview declares over a cluster that an `up` has carried out. */
describe('the plan of a preview', () => {
  let dir: string;
  const nodes = {
    masternode: { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'] },
    homelab: { address: '192.168.4.62', roles: ['worker'] },
  };
  const network = { nodes: '192.168.4.0/24', pods: '10.244.0.0/16', services: '10.233.0.0/18', encapsulation: 'none' };
  const value = (more: Record<string, unknown> = {}) => ({
    apiVersion: 'calispray/v1',
    name: 'vmstation',
    kubespray: { version: 'v2.31.0' },
    ssh: { user: 'root', key: join(dir, 'id'), knownHosts: join(dir, 'known_hosts') },
    nodes,
    network,
    ...more,
  });
  const recordOf = (cluster: Cluster): string =>
    `${JSON.stringify(factsOf(cluster, kubespraySource(cluster).digest))}\n`;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-plan-'));
    writeFileSync(join(dir, 'id'), 'PLANTED-PRIVATE-KEY\n');
    const lines = ['63', '62', '61'].map((last) => `192.168.4.${last} ${HOST_KEY}`);
    writeFileSync(join(dir, 'known_hosts'), `${lines.join('\n')}\n`);
    process.env.CALISPRAY_PACK = '1';
  });
  afterEach(() => {
    delete process.env.CALISPRAY_PACK;
    rmSync(dir, { recursive: true, force: true });
  });

  /** All that a preview declares of `after`, where the last `up` carried `before` out; undefined: there was none. */
  async function previewed(before: object | undefined, after: object): Promise<Map<string, Declared>> {
    const record = before === undefined ? undefined : recordOf(clusterOf(value({ ...before })));
    const declared = noteDeclared(undefined, { record });
    new CalicoCluster('vmstation', { cluster: clusterOf(value({ ...after })) });
    await pulumi.runtime.disconnect();
    return new Map(declared.map((each) => [each.name, each]));
  }
  const planned = async (before: object | undefined, after: object) => {
    const { plan, change, says } = (await previewed(before, after)).get('vmstation-plan')?.inputs ?? {};
    return { plan: plan as Plan | undefined, change, says: says as string[] | undefined };
  };
  /** `~ network.mtu calico`: sign, field and step of each difference. */
  const differences = (plan: Plan | undefined) =>
    plan?.differences.map(({ sign, path, step }) => [sign, path, ...(step === undefined ? [] : [step])].join(' '));
  const kinds = (plan: Plan | undefined) => plan?.steps.map(({ kind, hosts }) => [kind, ...hosts].join(' '));

  it('is a first build where nothing was carried out yet, and nothing is judged as a change', async () => {
    const { plan, change, says } = await planned(undefined, {});
    assert.equal(plan?.first, true);
    assert.deepEqual(kinds(plan), ['build homelab masternode']);
    assert.equal(change, undefined);
    assert.match(says?.join('\n') ?? '', /cluster\.yml/);
  });

  it('is empty where nothing differs', async () => {
    assert.deepEqual(await planned({}, {}), { plan: undefined, change: undefined, says: undefined });
  });

  it('joins a worker that is added', async () => {
    const added = { nodes: { ...nodes, storage: { address: '192.168.4.61', roles: ['worker'] } } };
    const { plan, change } = await planned({}, added);
    assert.deepEqual([differences(plan), kinds(plan)], [['+ nodes.storage join'], ['join storage']]);
    assert.ok(change);
    const declared = await previewed({}, added);
    assert.ok(declared.has('vmstation-build-member-storage'));
  });

  it('takes a node out that is removed', async () => {
    const { plan } = await planned({}, { nodes: { masternode: nodes.masternode } });
    // What is left out of the record belongs to a resource of its own, which a preview of the engine shows as leaving.
    assert.deepEqual([differences(plan), kinds(plan)], [['- nodes.homelab remove'], ['remove homelab']]);
  });

  it('runs the network part for a setting of Calico, and says what an MTU means to pods that run', async () => {
    const { plan } = await planned({}, { network: { ...network, mtu: 1400 } });
    assert.deepEqual(
      kinds(plan)?.map((kind) => kind.split(' ')[0]),
      ['calico'],
    );
    assert.match(JSON.stringify(plan?.steps[0]?.effects), /pods/i);
    assert.deepEqual(differences(plan)?.[0], '~ network.mtu calico');
  });

  it('upgrades for another release', async () => {
    const { plan } = await planned({ kubespray: { version: 'v2.30.0' } }, {});
    assert.equal(kinds(plan)?.[0]?.split(' ')[0], 'upgrade');
  });

  it('takes a BGP peer away that is removed', async () => {
    const peers = [{ address: '192.168.4.254', as: 64513 }];
    const withPeers = { network: { ...network, bgp: { as: 64512, topology: 'routers', peers } } };
    const { plan } = await planned(withPeers, {});
    assert.ok(
      kinds(plan)?.some((kind) => kind.startsWith('unpeer')),
      JSON.stringify(plan),
    );
    const made = await previewed(undefined, withPeers);
    const [peer = ''] = [...made.keys()].filter((name) => name.startsWith('vmstation-build-peer-'));
    assert.match(String(made.get(peer)?.inputs.delete), /gone/);
  });

  it('is empty for another connection: only the commands say that they reach their host otherwise', async () => {
    const ssh = { user: 'root', key: join(dir, 'id2'), knownHosts: join(dir, 'known_hosts') };
    assert.equal((await planned({}, { ssh })).plan, undefined);
    const part = async (more: object, name: string) => (await previewed({}, more)).get(name)?.inputs.stdin;
    for (const name of ['release', 'settings', 'calico', 'member-homelab', 'record']) {
      assert.equal(await part({ ssh }, `vmstation-build-${name}`), await part({}, `vmstation-build-${name}`), name);
    }
  });

  it('refuses, without the pack, what a cluster that lives cannot change', async () => {
    process.env.CALISPRAY_PACK = '0';
    const caught: unknown[] = [];
    const listener = (error: unknown) => caught.push(error);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', listener);
    try {
      await previewed({}, { network: { ...network, pods: '10.245.0.0/16' } }).catch(listener);
      await new Promise((wake) => setTimeout(wake, 100));
    } finally {
      process.removeListener('unhandledRejection', listener);
      for (const other of others) process.on('unhandledRejection', other);
    }
    const refused = caught.find((error) => error instanceof UserError);
    assert.ok(refused instanceof UserError, String(caught));
    assert.match(refused.message, /pods/);
  });

  it('says nothing in an up: it has carried out by then what there was to say', async () => {
    const declared = noteDeclared();
    const made = new CalicoCluster('vmstation', { cluster: clusterOf(value()) });
    await new Promise((done) => made.kubeconfig.apply(done));
    await pulumi.runtime.disconnect();
    assert.deepEqual(declared.find(({ name }) => name === 'vmstation-plan')?.inputs, {});
  });
});
