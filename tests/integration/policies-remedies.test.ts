import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as command from '@pulumi/command';
import * as kubernetes from '@pulumi/kubernetes';
import type { Cluster, Node } from '../../cluster/index.ts';
import { connectionTo } from '../../components/connection.ts';
import { Inventory } from '../../components/inventory.ts';
import { subjectOf } from '../../kubespray/index.ts';
import { Handwritten, handwritten, PackOnEngine } from '../support/pack-engine.ts';
import { startSshd } from '../support/sshd.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const lab = stackCluster('lab');

describe('what the policy pack puts right, on the real engine', function () {
  this.timeout(120_000);
  let engine: PackOnEngine;
  before(() => {
    engine = new PackOnEngine();
  });
  after(() => engine.remove());

  const preview = (...args: Parameters<PackOnEngine['preview']>) => engine.preview(...args);

  it('puts the MTU right in the inventory and in the files that are laid down, where the level says so', async () => {
    const cluster: Cluster = clusterOf(edited(lab, { network: { encapsulation: { ipip: 'always' }, mtu: 1500 } }));
    const { ok, codes, remediations, failure } = await preview(
      async () => {
        new Inventory('theirs', { cluster, controller: cluster.nodes[0] as Node });
      },
      { 'mtu-above-encapsulation': 'remediate' },
    );
    assert.deepEqual([ok, codes], [true, []], failure);
    assert.deepEqual(
      remediations.map(({ rule, urn, changes }) => [rule, urn.split('::').at(-1), changes.map((c) => c.path)]),
      [
        ['mtu-above-encapsulation', 'theirs', ['variables.calico_mtu', 'variables.calico_veth_mtu']],
        ['mtu-above-encapsulation', 'theirs-files', ['stdin']],
      ],
    );
    const stdin = remediations[1]?.changes[0];
    assert.match(String(stdin?.after), /calico_mtu: 1480 # 1500 is declared/);
    assert.match(String(stdin?.after), /calico_veth_mtu: 1480 # 1500 is declared/);
  });

  it('lays down the MTU that it put right, and keeps a secret beside it secret', async () => {
    const sshd = await startSshd(join(engine.folder, 'sshd'), { base: engine.tools.base });
    try {
      const cluster: Cluster = clusterOf(edited(lab, { network: { encapsulation: { ipip: 'always' }, mtu: 1500 } }));
      const node = cluster.nodes[0] as Node;
      const key = join(engine.folder, 'sshd/user_key');
      const controller: Node = {
        ...node,
        address: '127.0.0.1',
        ssh: { user: 'root', port: sshd.port, agent: false, become: false, hostKey: sshd.hostKey, key },
      };
      const program = async () => {
        const inventory = new Inventory('laid', { cluster, controller });
        const read = new command.remote.Command(
          'read',
          {
            connection: connectionTo(controller),
            create: 'cat ~/.calispray/lab/inventory/group_vars/k8s_cluster/*calico.yml',
          },
          { dependsOn: inventory.laid },
        );
        return { text: read.stdout };
      };
      const done = await engine.run('up', program, { 'mtu-above-encapsulation': 'remediate' });
      assert.deepEqual([done.ok, done.codes], [true, []], done.failure);
      const stack = await engine.select(program);
      const { text } = await stack.outputs();
      assert.match(String(text?.value), /^calico_mtu: 1480 # 1500 is declared; .*\ncalico_veth_mtu: 1480 # /ms);
      const secret = sshd.privateKey.split('\n')[1] as string;
      const state = join(engine.folder, 'state/.pulumi/stacks/pack/pack.json');
      assert.match(readFileSync(state, 'utf8'), /calico_mtu: 1480/);
      assert.ok(!readFileSync(state, 'utf8').includes(secret), 'the key lies in the state in clear');
      assert.ok(!JSON.stringify(done.remediations).includes(secret));
      await stack.destroy({ color: 'never' });
    } finally {
      await sshd.stop();
    }
  });

  it('judges and puts right objects that only the program knows yet, the cluster being still to be made', async () => {
    const objects = async () => {
      new Handwritten('own', subjectOf(clusterOf(lab)));
      const later = new command.Provider('later');
      const provider = new kubernetes.Provider('api', { kubeconfig: later.id });
      const labels = { 'k8s-app': 'calico-node' };
      const namespace = 'kube-system';
      new kubernetes.core.v1.Service(
        'metrics',
        { metadata: { namespace, labels }, spec: { selector: labels, ports: [{ name: 'metrics', port: 9090 }] } },
        { provider },
      );
      new kubernetes.networking.v1.NetworkPolicy(
        'deny',
        { metadata: { namespace }, spec: { podSelector: {}, egress: [{}] } },
        { provider },
      );
    };
    const { ok, codes } = await preview(objects);
    assert.deepEqual([ok, codes], [false, ['advisory types-missing', 'mandatory metrics-port']]);
    const right = await preview(objects, { 'metrics-port': 'remediate', 'types-missing': 'remediate' });
    assert.deepEqual([right.ok, right.codes], [true, []], right.failure);
    assert.deepEqual(
      right.remediations.map(({ rule, changes }) => [rule, ...changes.map((c) => [c.path, c.after])]).sort(),
      [
        ['metrics-port', ['spec.ports', [{ name: 'metrics', port: 9090, targetPort: 9091 }]]],
        ['types-missing', ['spec.policyTypes', ['Ingress', 'Egress']]],
      ],
    );
  });

  it('does not call an MTU right whose files it did not find', async () => {
    const { ok, codes } = await preview(wrongMtu, { 'mtu-above-encapsulation': 'remediate' });
    assert.deepEqual([ok, codes], [false, ['mandatory mtu-above-encapsulation']]);
  });
  const wrongMtu = handwritten((s) => ({
    ...s,
    variables: { ...s.variables, calico_mtu: 9000, calico_veth_mtu: 9000 },
  }));
});
