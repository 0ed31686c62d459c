import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import * as command from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { type EngineEvent, LocalWorkspace, PulumiCommand, type PulumiFn } from '@pulumi/pulumi/automation/index.js';
import type { Cluster, Node } from '../../cluster/index.ts';
import { Inventory } from '../../components/inventory.ts';
import { subjectOf } from '../../kubespray/index.ts';
import { installStandIns } from '../../lab/providers/install.ts';
import type { Subject } from '../../policies/rules/index.ts';
import { toolPaths } from '../../setup/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const pack = join(import.meta.dirname, '../../policies');
const lab = stackCluster('lab');

/** What another program might write: our component's type, and its inputs by hand. */
class Handwritten extends pulumi.ComponentResource {
  constructor(name: string, subject: object) {
    super('calispray:kubespray:Inventory', name, { ...subject });
    this.registerOutputs({});
  }
}

describe('the policy pack on the real engine', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'calispray-pack-'));
  const tools = toolPaths();
  const home = tools.pulumiHome ?? join(folder, 'home');
  let engine: PulumiCommand;

  before(async () => {
    // As `calispray` says to the program: the pack judges, the component need not.
    process.env.CALISPRAY_PACK = '1';
    if (tools.pulumiHome === undefined) installStandIns(home, process.execPath);
    for (const name of ['state', 'work']) mkdirSync(join(folder, name));
    engine = await PulumiCommand.get({ root: dirname(dirname(tools.engine)) });
  });
  after(() => {
    delete process.env.CALISPRAY_PACK;
    rmSync(folder, { recursive: true });
  });

  /** The violations that a preview of the program reports, as `level code`, their texts, and whether it succeeded. */
  async function preview(program: PulumiFn) {
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: 'pack', projectName: 'pack', program },
      {
        pulumiCommand: engine,
        workDir: join(folder, 'work'),
        projectSettings: { name: 'pack', runtime: 'nodejs', backend: { url: `file://${folder}/state` } },
        envVars: {
          PATH: [dirname(process.execPath), pack, process.env.PATH].join(delimiter),
          PULUMI_HOME: home,
          PULUMI_CONFIG_PASSPHRASE: 'pack',
          PULUMI_SKIP_UPDATE_CHECK: 'true',
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        },
      },
    );
    const violations: { level: string; code: string; message: string }[] = [];
    const onEvent = ({ policyEvent: event }: EngineEvent): void => {
      if (event === undefined) return;
      violations.push({ level: event.enforcementLevel, code: event.policyName, message: event.message });
    };
    const ok = await stack.preview({ policyPacks: [pack], onEvent, color: 'never' }).then(
      () => true,
      () => false,
    );
    return { ok, violations, codes: violations.map((v) => `${v.level} ${v.code}`).sort() };
  }

  const handwritten = (change: (subject: Subject) => object) => async () => {
    new Handwritten('own', change(subjectOf(clusterOf(lab))));
  };

  it('lets a good cluster pass', async () => {
    assert.deepEqual(await preview(handwritten((s) => s)), { ok: true, violations: [], codes: [] });
  });

  it('stops at everything that is refused or harmful, whoever wrote the variables', async () => {
    const { ok, codes } = await preview(
      handwritten((s) => ({
        variables: {
          ...s.variables,
          calico_ipip_mode: 'Always',
          calico_vxlan_mode: 'CrossSubnet',
          calico_network_backend: 'none',
          calico_mtu: 1481,
          calico_pool_cidr: '10.100.0.0/26',
          calico_pool_blocksize: 19,
          kube_service_addresses: '10.244.64.0/18',
          calico_wireguard_enabled: 'false',
          calico_datastore: 'kubernetes',
        },
        hosts: s.hosts,
        network: s.network,
      })),
    );
    assert.equal(ok, false);
    assert.deepEqual(codes, [
      'mandatory block-larger-than-pool',
      'mandatory block-size',
      'mandatory boolean-as-text',
      'mandatory datastore',
      'mandatory encapsulation-backend',
      'mandatory encapsulation-exclusive',
      'mandatory mtu-above-encapsulation',
      'mandatory mtu-above-encapsulation',
      'mandatory mtu-without-effect',
      'mandatory needs-kdd',
      'mandatory pool-inside-pods',
      'mandatory ranges-apart',
    ]);
  });

  it('names the field of the stack file, the reason and the way out, through our own component', async () => {
    const extraVariables = { calico_vxlan_mode: 'Always' };
    const cluster: Cluster = clusterOf(
      edited(lab, { network: { encapsulation: { ipip: 'always' } }, kubespray: { extraVariables } }),
    );
    const { ok, violations } = await preview(async () => {
      const controller: Node = {
        ...(cluster.nodes[0] as Node),
        ssh: { user: 'root', port: 22, agent: true, hostKey: 'accept-new' },
      };
      new Inventory('theirs', { cluster, controller, after: pulumi.output(undefined) });
    });
    assert.equal(ok, false);
    const { message } = violations.find((v) => v.code === 'encapsulation-exclusive') ?? { message: '' };
    assert.match(message, /at kubespray\.extraVariables\.calico_vxlan_mode: calico_ipip_mode is Always/);
    assert.match(message, /→ Set one of the two to Never\. \(kubespray v2\.31\.0 roles\/.*check\.yml:114\)/);
  });

  it('gives advice without stopping', async () => {
    const { ok, codes } = await preview(
      handwritten((s) => ({ ...s, variables: { ...s.variables, calico_mtu: 1400, calico_veth_mtu: 1400 } })),
    );
    assert.deepEqual([ok, codes], [true, ['advisory mtu-below-best']]);
  });

  it('says what it cannot judge in a preview, and judges the rest', async () => {
    // The id of a resource that is not created yet is the plainest unknown.
    const { ok, violations } = await preview(async () => {
      const provider = new command.Provider('later');
      const { variables, ...rest } = subjectOf(clusterOf(lab));
      new Handwritten('own', {
        ...rest,
        variables: { ...variables, calico_mtu: provider.id, calico_datastore: 'etcd' },
      });
    });
    assert.equal(ok, false);
    const unknown = violations.filter((v) => /can't be known during preview/.test(v.message)).map((v) => v.code);
    assert.deepEqual(unknown.sort(), ['mtu-above-encapsulation', 'mtu-below-best', 'mtu-without-effect']);
    assert.deepEqual(
      violations.filter((v) => v.level === 'mandatory').map((v) => v.code),
      ['datastore', 'needs-kdd'],
    );
  });
});
