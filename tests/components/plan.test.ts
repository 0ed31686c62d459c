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
  async function previewed(
    before: object | undefined,
    after: object,
    secretVariables?: Record<string, unknown>,
  ): Promise<Map<string, Declared>> {
    const record = before === undefined ? undefined : recordOf(clusterOf(value({ ...before })));
    const declared = noteDeclared(undefined, { record });
    const cluster = clusterOf(value({ ...after }));
    new CalicoCluster('vmstation', { cluster, ...(secretVariables === undefined ? {} : { secretVariables }) });
    await pulumi.runtime.disconnect();
    return new Map(declared.map((each) => [each.name, each]));
  }
  const planned = async (...args: Parameters<typeof previewed>) => {
    const { plan, change, says } = (await previewed(...args)).get('vmstation-plan')?.inputs ?? {};
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

  describe('of three control-plane nodes', () => {
    const controlPlane = (last: string) => ({
      address: `192.168.4.${last}`,
      roles: ['control-plane', 'etcd', 'worker'],
    });
    const three = (...order: string[]) => ({
      kubespray: { version: 'v2.31.0', order },
      nodes: { a: controlPlane('61'), b: controlPlane('62'), c: controlPlane('63') },
    });

    it('is empty for another order after the first, which only the inventory follows', async () => {
      assert.equal((await planned(three('a', 'b', 'c'), three('a', 'c', 'b'))).plan, undefined);
      const files = async (...order: string[]) =>
        (await previewed(three('a', 'b', 'c'), three(...order))).get('vmstation-inventory-files')?.inputs.stdin;
      assert.notEqual(await files('a', 'b', 'c'), await files('a', 'c', 'b'));
    });

    it('runs cluster.yml for those that are added', async () => {
      const { plan } = await planned({ ...three('a'), nodes: { a: controlPlane('61') } }, three('a', 'b', 'c'));
      assert.deepEqual(kinds(plan), ['join-etcd b c']);
    });
  });

  it('runs cluster.yml for what only that carries out', async () => {
    const { plan } = await planned({}, { kubernetes: { maxPods: 60 } });
    assert.deepEqual(
      plan?.steps.map(({ kind }) => kind),
      ['converge'],
    );
  });

  it('runs it for a secret variable, and does not say which value it has', async () => {
    const { plan, says } = await planned({}, {}, { registry_password: 'PLANTED-PASSWORD' });
    assert.deepEqual(differences(plan), ['+ secretVariables.registry_password converge']);
    assert.ok(!JSON.stringify([plan, says]).includes('PLANTED'));
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
