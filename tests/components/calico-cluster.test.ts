import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { parseCluster, UserError } from '../../cluster/index.ts';
import { CalicoCluster, clusterOutputs } from '../../components/index.ts';
import type { NodeFacts } from '../../kubespray/index.ts';
import type { Desired } from '../../kubespray/plan/types.ts';
import { type Declared, fitNode, HOST_KEY, noteDeclared } from '../support/declared.ts';

describe('CalicoCluster', () => {
  let dir: string;
  let declared: Declared[];
  let nodeFacts: NodeFacts;

  const value = (
    more: Record<string, unknown> = {},
    ssh: Record<string, unknown> = { knownHosts: join(dir, 'known_hosts') },
  ) => ({
    apiVersion: 'calispray/v1',
    name: 'vmstation',
    kubespray: { version: 'v2.31.0' },
    ssh: { user: 'root', key: join(dir, 'id'), ...ssh },
    nodes: {
      masternode: { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'] },
      homelab: { address: '192.168.4.62', roles: ['worker'] },
    },
    network: {
      nodes: '192.168.4.0/24',
      pods: '10.244.0.0/16',
      services: '10.233.0.0/18',
      encapsulation: 'none',
    },
    ...more,
  });

  function cluster(more?: Record<string, unknown>, ssh?: Record<string, unknown>) {
    const parsed = parseCluster(value(more, ssh));
    if (!parsed.ok) assert.fail(JSON.stringify(parsed.findings, null, 1));
    return parsed.cluster;
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-components-'));
    writeFileSync(join(dir, 'id'), 'PLANTED-PRIVATE-KEY\n');
    writeFileSync(join(dir, 'known_hosts'), `192.168.4.63,m ${HOST_KEY}\n192.168.4.62 ${HOST_KEY}\n`);
    nodeFacts = fitNode;
    declared = noteDeclared(() => nodeFacts);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const settled = <T>(output: pulumi.Output<T>): Promise<T> =>
    new Promise((done, failed) => {
      output.apply(done);
      (output as unknown as { promise(): Promise<T> }).promise().catch(failed);
    });
  const named = (name: string): Declared => {
    const found = declared.find((each) => each.name === name);
    assert.ok(found, `${name} among ${declared.map((each) => each.name).join(', ')}`);
    return found;
  };

  it('declares the whole chain, each child named from its component', async () => {
    const made = new CalicoCluster('vmstation', { cluster: cluster() });
    await settled(made.kubeconfig);
    await pulumi.runtime.disconnect();
    const names = declared.map((each) => each.name);
    assert.ok(names.every((name) => name.startsWith('vmstation')));
    for (const name of ['vmstation-masternode-facts', 'vmstation-homelab-facts', 'vmstation-controller-key'])
      named(name);
    const stdin = JSON.parse(String(named('vmstation-inventory-files').inputs.stdin)) as Record<string, string>;
    assert.match(stdin['inventory/hosts.yaml'] ?? '', /masternode/);
    assert.equal(stdin.known_hosts, `192.168.4.63 ${HOST_KEY}\n192.168.4.62 ${HOST_KEY}\n`);
    const desired = JSON.parse(stdin['desired.json'] ?? '') as Desired;
    assert.deepEqual(Object.keys(desired.facts.hosts).sort(), ['homelab', 'masternode']);
    assert.equal(named('vmstation-api').inputs.clusterIdentifier, 'vmstation');
  });

  it('lays what goes with -e beside the inventory, and shows it to the pack', async () => {
    const laidFor = async (os: string) => {
      declared.length = 0;
      const more = value().nodes;
      const wireguard = cluster({
        nodes: { ...more, homelab: { ...more.homelab, os } },
        network: { ...value().network, wireguard: true },
      });
      const made = new CalicoCluster('vmstation', { cluster: wireguard });
      await settled(made.kubeconfig);
      const files = JSON.parse(String(named('vmstation-inventory-files').inputs.stdin)) as Record<string, string>;
      return [files['inventory/extra-vars.json'], named('vmstation-inventory').inputs.extraVars];
    };
    const [none] = await laidFor('debian-12');
    assert.equal(none, undefined);
    nodeFacts = { ...fitNode, os: 'rocky', osVersion: '10.1', wireguardTools: 'unknown' };
    const extraVars = { calico_wireguard_packages: ['wireguard-tools'] };
    const [text, judged] = await laidFor('rocky-10');
    assert.deepEqual([JSON.parse(String(text)), judged], [extraVars, extraVars]);
  });

  it('gives the pack the flat variables as inputs of the inventory', async () => {
    const made = new CalicoCluster('vmstation', { cluster: cluster() });
    await settled(made.kubeconfig);
    const { inputs } = named('vmstation-inventory');
    const variables = inputs.variables as Record<string, unknown>;
    assert.equal(variables.calico_network_backend, 'bird');
    assert.equal(variables.calico_vxlan_mode, 'Never');
  });

  it('keeps the kubeconfig and the connection secret', async () => {
    const made = new CalicoCluster('vmstation', { cluster: cluster() });
    const outputs = clusterOutputs(cluster(), made);
    assert.equal(await pulumi.isSecret(outputs.kubeconfig as pulumi.Output<string>), true);
    await settled(made.kubeconfig);
    const commands = declared.filter((each) => each.type === 'command:remote:Command');
    for (const command of commands) {
      assert.ok(!JSON.stringify({ ...command.inputs, connection: 0 }).includes('PLANTED'), command.name);
    }
  });

  it('carries every fact out by itself, in their order, and undoes only nodes and peers that leave', async () => {
    const peers = [{ address: '192.168.4.254', as: 64513 }];
    const bgp = { as: 64512, topology: 'routers', peers };
    const made = new CalicoCluster('vmstation', { cluster: cluster({ network: { ...value().network, bgp } }) });
    await settled(made.kubeconfig);
    await pulumi.runtime.disconnect();
    const build = declared.filter(({ name }) => name.startsWith('vmstation-build-')).map(({ name }) => name.slice(16));
    const [release, settings, calico, ...rest] = build;
    assert.deepEqual([release, settings, calico, rest.at(-1)], ['release', 'settings', 'calico', 'record']);
    const undone = build.filter((name) => named(`vmstation-build-${name}`).inputs.delete !== undefined);
    assert.deepEqual(
      undone.map((name) => name.split('-')[0]),
      ['member', 'member', 'peer'],
    );
    const order = ['controller-key', 'controller-runner', 'inventory-files', 'build-release', 'kubeconfig-read'];
    const places = order.map((name) => declared.findIndex((each) => each.name === `vmstation-${name}`));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    const { facts } = JSON.parse(
      (JSON.parse(String(named('vmstation-inventory-files').inputs.stdin)) as Record<string, string>)['desired.json'] ??
        '',
    ) as Desired;
    const part = (name: string) => JSON.parse(String(named(`vmstation-build-${name}`).inputs.stdin)).part;
    assert.deepEqual(['release', 'settings', 'calico', 'member-homelab'].map(part), [
      facts.release,
      facts.settings,
      facts.calico,
      facts.hosts.homelab,
    ]);
  });

  it('puts nothing of the way to a host into what is carried out: the same declaration is the same facts', async () => {
    const facts = async (ssh: Record<string, unknown>) => {
      declared.length = 0;
      await settled(new CalicoCluster('vmstation', { cluster: cluster({}, ssh) }).kubeconfig);
      await pulumi.runtime.disconnect();
      return declared
        .filter(({ name }) => name.startsWith('vmstation-build-'))
        .map(({ name, inputs }) => [name, inputs.stdin]);
    };
    const knownHosts = join(dir, 'known_hosts');
    const elsewhere = join(dir, 'other-id');
    writeFileSync(elsewhere, 'PLANTED-PRIVATE-KEY-2\n');
    assert.deepEqual(await facts({ knownHosts }), await facts({ knownHosts, key: elsewhere, agent: true }));
  });

  it('refuses to connect to a node whose host key nobody knows', () => {
    assert.throws(
      () => new CalicoCluster('vmstation', { cluster: cluster({}, {}) }),
      (error) => error instanceof UserError && error.findings[0]?.code === 'host-key-missing',
    );
  });

  describe('behind a jump host', () => {
    /** The connection is secret as a whole: the mock is given it wrapped. */
    const connectionIn = (inputs: Record<string, unknown>) =>
      (inputs.connection as { value: Record<string, unknown> }).value;
    const behind = (jump: object) =>
      cluster({}, { knownHosts: join(dir, 'known_hosts'), jump: { host: 'bastion.example', ...jump } });

    it('goes through it wherever it connects, with keys of both and each checked', async () => {
      writeFileSync(join(dir, 'jump-id'), 'PLANTED-JUMP-KEY\n');
      const way = behind({ port: 2222, user: 'gate', hostKey: `${HOST_KEY}jump`, key: join(dir, 'jump-id') });
      await settled(new CalicoCluster('vmstation', { cluster: way }).kubeconfig);
      const dialled = declared.filter((each) => each.type.startsWith('command:remote:'));
      assert.ok(dialled.length >= 8, String(dialled.length));
      for (const { name, inputs } of dialled) {
        const { proxy, ...node } = connectionIn(inputs);
        const { privateKey, dialErrorLimit, perDialTimeout, ...rest } = proxy as Record<string, unknown>;
        assert.deepEqual(rest, { host: 'bastion.example', port: 2222, user: 'gate', hostKey: `${HOST_KEY}jump` }, name);
        assert.equal(node.hostKey, HOST_KEY, name);
        assert.deepEqual([privateKey, node.privateKey], ['PLANTED-JUMP-KEY\n', 'PLANTED-PRIVATE-KEY\n'], name);
      }
      const stdin = JSON.parse(String(named('vmstation-inventory-files').inputs.stdin)) as Record<string, string>;
      assert.ok(!stdin.known_hosts?.includes('bastion'), 'Ansible has no jump host before it');
    });

    it('is refused where nobody knows its host key', () => {
      assert.throws(
        () => new CalicoCluster('vmstation', { cluster: behind({}) }),
        (error) =>
          error instanceof UserError &&
          error.findings[0]?.code === 'host-key-missing' &&
          error.findings[0].path === 'nodes.masternode.ssh.jump.hostKey',
      );
    });

    it("knows its host key by the stack's known_hosts too", async () => {
      writeFileSync(
        join(dir, 'known_hosts'),
        `192.168.4.63,192.168.4.62 ${HOST_KEY}\n[bastion.example]:2222 ${HOST_KEY}jump\n`,
      );
      await settled(new CalicoCluster('vmstation', { cluster: behind({ port: 2222 }) }).kubeconfig);
      const { proxy } = connectionIn(named('vmstation-kubeconfig-read').inputs) as { proxy: Record<string, unknown> };
      assert.deepEqual([proxy.hostKey, proxy.user], [`${HOST_KEY}jump`, 'root']);
    });
  });

  it('goes through sudo where the stack says so', async () => {
    const become = async (ssh: Record<string, unknown>) => {
      declared.length = 0;
      const known = { knownHosts: join(dir, 'known_hosts'), ...ssh };
      await settled(new CalicoCluster('vmstation', { cluster: cluster({}, known) }).kubeconfig);
      return /BECOME=true/.test(String(named('vmstation-build-release').inputs.create));
    };
    nodeFacts = { ...fitNode, sudo: true };
    assert.deepEqual(
      [await become({}), await become({ user: 'ops' }), await become({ user: 'root', become: true })],
      [false, true, true],
    );
  });

  describe('secret variables', () => {
    const SECRET = 'PLANTED-PASSWORD';
    const withSecret = async (registry_password: string) => {
      declared.length = 0;
      const secretVariables = pulumi.secret({ registry_password });
      await settled(new CalicoCluster('vmstation', { cluster: cluster(), secretVariables }).kubeconfig);
      await pulumi.runtime.disconnect();
      return declared.map(({ name, inputs }) => ({ name, stdin: inputs.stdin }));
    };
    /** What the engine gets as a secret arrives wrapped. */
    const isSecret = (input: unknown) => typeof input === 'object' && input !== null && 'value' in input;

    it('are secret wherever they go, and go nowhere but to what runs playbooks', async () => {
      const given = await withSecret(SECRET);
      const holders = given.filter(({ stdin }) => JSON.stringify(stdin ?? '').includes(SECRET));
      assert.deepEqual(holders.map(({ name }) => name).sort(), [
        'vmstation-build-calico',
        'vmstation-build-member-homelab',
        'vmstation-build-member-masternode',
        'vmstation-build-record',
        'vmstation-build-release',
        'vmstation-build-settings',
      ]);
      for (const { name, stdin } of holders) assert.ok(isSecret(stdin), name);
      assert.ok(
        !JSON.stringify(declared.map((each) => ({ ...each, inputs: { ...each.inputs, stdin: 0 } }))).includes(SECRET),
      );
    });

    it('change the facts when they change, by a digest that has another salt in another cluster', async () => {
      const digests = async (text: string) => {
        const files = (await withSecret(text)).find(({ name }) => name === 'vmstation-inventory-files')?.stdin;
        const { facts } = JSON.parse(
          (JSON.parse(String(files)) as Record<string, string>)['desired.json'] ?? '',
        ) as Desired;
        return facts.settings['secretVariables.registry_password'];
      };
      const first = await digests(SECRET);
      assert.match(String(first), /^[0-9a-f]{16}$/);
      assert.equal(await digests(SECRET), first);
      assert.notEqual(await digests(`${SECRET}2`), first);
    });

    it('are in no command where the stack has none', async () => {
      await settled(new CalicoCluster('vmstation', { cluster: cluster() }).kubeconfig);
      await pulumi.runtime.disconnect();
      assert.deepEqual(Object.keys(JSON.parse(String(named('vmstation-build-settings').inputs.stdin))), ['part']);
    });
  });

  it('refuses, without the pack, what kubespray would refuse', () => {
    const wrong = cluster({
      kubespray: { version: 'v2.31.0', extraVariables: { calico_vxlan_mode: 'Always', calico_ipip_mode: 'Always' } },
    });
    assert.throws(() => new CalicoCluster('vmstation', { cluster: wrong }), UserError);
  });

  it('holds everything back when nodes do not fit, and says all that is wrong with all of them', async () => {
    nodeFacts = { ...fitNode, memoryMiB: 300, systemd: false };
    const caught: unknown[] = [];
    const listener = (error: unknown) => caught.push(error);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', listener);
    new CalicoCluster('vmstation', { cluster: cluster() });
    await new Promise((wake) => setTimeout(wake, 200));
    process.removeListener('unhandledRejection', listener);
    for (const other of others) process.on('unhandledRejection', other);
    assert.deepEqual(
      [...new Set(caught)].map((error) =>
        error instanceof UserError ? error.findings.map((f) => `${f.code} ${f.path}`) : error,
      ),
      [
        [
          'node-systemd nodes.masternode',
          'node-memory nodes.masternode',
          'node-systemd nodes.homelab',
          'node-memory nodes.homelab',
        ],
      ],
    );
    assert.equal(
      declared.some((each) => each.name === 'vmstation-controller-key'),
      false,
    );
  });
});
