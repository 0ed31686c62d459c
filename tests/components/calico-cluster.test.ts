import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { parseCluster, UserError } from '../../cluster/index.ts';
import { CalicoCluster, clusterOutputs } from '../../components/index.ts';
import type { NodeFacts } from '../../kubespray/index.ts';
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
    assert.match(String(named('vmstation-run-playbook').inputs.create), /PLAYBOOK='cluster.yml'/);
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

  it('puts no data that changes on its own into a run: the same declaration has the same digest', async () => {
    const first = new CalicoCluster('vmstation', { cluster: cluster() });
    await settled(first.kubeconfig);
    const before = named('vmstation-run-playbook').inputs.create;
    declared.length = 0;
    const second = new CalicoCluster('vmstation', {
      cluster: cluster({}, { knownHosts: join(dir, 'known_hosts'), port: 22 }),
    });
    await settled(second.kubeconfig);
    assert.equal(named('vmstation-run-playbook').inputs.create, before);
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
      return /BECOME='(.*)'/.exec(String(named('vmstation-run-playbook').inputs.create))?.[1];
    };
    nodeFacts = { ...fitNode, sudo: true };
    assert.deepEqual(
      [await become({}), await become({ user: 'ops' }), await become({ user: 'root', become: true })],
      ['false', 'true', 'true'],
    );
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
