import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { parseCluster } from '../../cluster/index.ts';
import { CalicoCluster, clusterOutputs } from '../../components/index.ts';
import { type Declared, HOST_KEY, noteDeclared } from '../support/declared.ts';

const network = {
  pool: { cidr: '10.244.0.0/17' },
  encapsulation: { vxlan: 'cross-subnet' },
  furtherPools: [
    { name: 'rack-2', cidr: '10.244.128.0/18', nodeSelector: "rack == '2'", blockSize: 28, natOutgoing: false },
    { name: 'retired', cidr: '10.244.192.0/18', encapsulation: 'none', disabled: true },
  ],
};

describe('further pools', () => {
  let dir: string;
  let declared: Declared[];

  /** One node, and what `network` says beside its ranges. */
  function cluster(network: object, more: object = {}) {
    const parsed = parseCluster({
      apiVersion: 'calispray/v1',
      name: 'racks',
      ssh: { user: 'root', key: join(dir, 'id') },
      nodes: {
        one: { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'], ssh: { hostKey: HOST_KEY } },
      },
      network: { nodes: '192.168.4.0/24', pods: '10.244.0.0/16', services: '10.233.0.0/18', ...network },
      monitoring: 'none',
      ...more,
    });
    if (!parsed.ok) assert.fail(JSON.stringify(parsed.findings, null, 1));
    return parsed.cluster;
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-pools-'));
    writeFileSync(join(dir, 'id'), 'a private key\n');
    declared = noteDeclared();
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Everything that the cluster declares, once all of it is. */
  async function declaredFor(of: ReturnType<typeof cluster>): Promise<Declared[]> {
    const made = new CalicoCluster('racks', { cluster: of });
    clusterOutputs(of, made);
    await pulumi.runtime.disconnect();
    return declared;
  }

  it('are IPPools of the API', async () => {
    const pools = (await declaredFor(cluster(network))).filter((each) => each.type.endsWith(':IPPool'));
    assert.deepEqual(
      pools.map(({ name, inputs: { apiVersion, metadata, spec } }) => ({ name, apiVersion, metadata, spec })),
      [
        {
          name: 'racks-pools-rack-2',
          apiVersion: 'projectcalico.org/v3',
          metadata: { name: 'rack-2' },
          spec: {
            cidr: '10.244.128.0/18',
            blockSize: 28,
            ipipMode: 'Never',
            vxlanMode: 'CrossSubnet',
            nodeSelector: "rack == '2'",
          },
        },
        {
          name: 'racks-pools-retired',
          apiVersion: 'projectcalico.org/v3',
          metadata: { name: 'retired' },
          spec: {
            cidr: '10.244.192.0/18',
            blockSize: 26,
            ipipMode: 'Never',
            vxlanMode: 'Never',
            natOutgoing: true,
            nodeSelector: 'all()',
            disabled: true,
          },
        },
      ],
    );
  });

  it('have kubespray install the API server, and the gate wait for it', async () => {
    await declaredFor(cluster(network));
    const named = (name: string) => declared.find((each) => each.name === name);
    assert.match(String(named('racks-gate-wait')?.inputs.create), /API_GROUPS='projectcalico\.org\/v3'/);
    const variables = named('racks-inventory')?.inputs.variables as Record<string, unknown>;
    assert.equal(variables.calico_apiserver_enabled, true);
    assert.deepEqual(named('racks-gate')?.inputs.groups, ['projectcalico.org/v3']);
  });

  it('are no component, and nothing to wait for, where there are none', async () => {
    await declaredFor(cluster({ encapsulation: 'none' }));
    assert.deepEqual(
      declared.filter((each) => each.type === 'calispray:network:Pools' || each.type.endsWith(':IPPool')),
      [],
    );
    const gate = declared.find((each) => each.name === 'racks-gate-wait');
    assert.match(String(gate?.inputs.create), /API_GROUPS=''/);
  });
});
