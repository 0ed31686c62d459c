import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import * as command from '@pulumi/command';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { type EngineEvent, LocalWorkspace, PulumiCommand, type PulumiFn } from '@pulumi/pulumi/automation/index.js';
import { Journal } from '../../cli/engine/journal.ts';
import type { Cluster, Node } from '../../cluster/index.ts';
import { Inventory } from '../../components/inventory.ts';
import { subjectOf } from '../../kubespray/index.ts';
import { installStandIns } from '../../lab/providers/install.ts';
import type { Subject } from '../../policies/rules/index.ts';
import { toolPaths } from '../../setup/index.ts';
import { Calispray } from '../support/calispray.ts';
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

  const envVars = {
    PATH: [dirname(process.execPath), pack, process.env.PATH].join(delimiter),
    PULUMI_HOME: home,
    PULUMI_CONFIG_PASSPHRASE: 'pack',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  };

  function select(program: PulumiFn, stackName = 'pack') {
    return LocalWorkspace.createOrSelectStack(
      { stackName, projectName: 'pack', program },
      {
        pulumiCommand: engine,
        workDir: join(folder, 'work'),
        projectSettings: { name: 'pack', runtime: 'nodejs', backend: { url: `file://${folder}/state` } },
        envVars,
      },
    );
  }

  /** The levels as the file that the engine takes. */
  function configFile(levels: Record<string, string>): string {
    const file = join(folder, 'levels.json');
    writeFileSync(file, JSON.stringify(levels));
    return file;
  }

  /** What a run of the program reports: violations as `level code`, their texts, remediations, and whether it succeeded. */
  async function run(act: 'preview' | 'up', program: PulumiFn, levels?: Record<string, string>) {
    const stack = await select(program);
    const violations: { level: string; code: string; message: string; severity?: string }[] = [];
    const journal = new Journal();
    const onEvent = (event: EngineEvent): void => {
      journal.take(event);
      const { policyEvent } = event;
      if (policyEvent === undefined) return;
      const { enforcementLevel: level, policyName: code, message } = policyEvent;
      violations.push({ level, code, message, severity: (policyEvent as { severity?: string }).severity ?? '' });
    };
    const options = {
      policyPacks: [pack],
      ...(levels === undefined ? {} : { policyPackConfigs: [configFile(levels)] }),
      onEvent,
      color: 'never' as const,
    };
    let failure = '';
    await (act === 'up' ? stack.up(options) : stack.preview(options)).catch((error: Error) => {
      failure = error.message;
    });
    const codes = violations.map((v) => `${v.level} ${v.code}`).sort();
    return { ok: failure === '', failure, violations, codes, journal, remediations: journal.remediations };
  }

  const preview = (program: PulumiFn, levels?: Record<string, string>) => run('preview', program, levels);

  const handwritten = (change: (subject: Subject) => object) => async () => {
    new Handwritten('own', change(subjectOf(clusterOf(lab))));
  };

  it('lets a good cluster pass', async () => {
    const { ok, violations } = await preview(handwritten((s) => s));
    assert.deepEqual({ ok, violations }, { ok: true, violations: [] });
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
      const node = cluster.nodes[0] as Node;
      const controller: Node = { ...node, ssh: { ...node.ssh, hostKey: 'accept-new' } };
      new Inventory('theirs', { cluster, controller, after: pulumi.output(undefined) });
    });
    assert.equal(ok, false);
    const { message } = violations.find((v) => v.code === 'encapsulation-exclusive') ?? { message: '' };
    assert.match(
      message,
      /refused \(critical\) at kubespray\.extraVariables\.calico_vxlan_mode: calico_ipip_mode is Always/,
    );
    assert.match(message, /→ Set one of the two to Never\. \(kubespray v2\.31\.0 roles\/.*check\.yml:123, :133\)/);
  });

  it('gives advice without stopping', async () => {
    const { ok, codes } = await preview(
      handwritten((s) => ({ ...s, variables: { ...s.variables, calico_mtu: 1400, calico_veth_mtu: 1400 } })),
    );
    assert.deepEqual([ok, codes], [true, ['advisory mtu-below-best']]);
  });

  it('says what it cannot judge in a preview, with the rules that wanted it, and judges the rest', async () => {
    // The id of a resource that is not created yet is the plainest unknown.
    const program = async () => {
      const provider = new command.Provider('later');
      const { variables, hosts, ...rest } = subjectOf(clusterOf(lab));
      new Handwritten('own', {
        ...rest,
        hosts: hosts.map((host, i) => (i === 1 ? { ...host, address: provider.id } : host)),
        variables: {
          ...variables,
          calico_mtu: provider.id,
          kube_network_plugin: 'cilium',
          calico_pool_blocksize: '{{ elsewhere }}',
        },
      });
    };
    const { ok, violations, codes } = await preview(program);
    assert.equal(ok, false);
    assert.deepEqual(
      codes.filter((code) => code.startsWith('mandatory')),
      ['mandatory network-plugin'],
    );
    const said = violations.filter((v) => v.code === 'not-judged').map((v) => v.message);
    assert.equal(said.length, codes.length - 1, codes.join());
    assert.match(
      said.join('\n'),
      /calico_mtu is known only after the up, so .*mtu-above-encapsulation.* could not judge/,
    );
    assert.match(said.join('\n'), /hosts\[1\]\.address is known only after the up, so .*host-addresses/);
    assert.match(said.join('\n'), /calico_pool_blocksize is a template that only Ansible can fill, so .*block-size/);

    const strict = await preview(program, { 'not-judged': 'mandatory' });
    assert.ok(strict.codes.includes('mandatory not-judged'));
  });

  it('says of an inventory that is unknown as a whole that nothing judged it', async () => {
    const { ok, codes, violations } = await preview(async () => {
      const provider = new command.Provider('later');
      new Handwritten('own', { variables: provider.id, hosts: provider.id, network: provider.id });
    });
    assert.equal(ok, true);
    assert.deepEqual([...new Set(codes)], ['advisory not-judged']);
    assert.match(
      violations.map((v) => v.message).join('\n'),
      /variables is known only after the up, so .* and \d+ more/,
    );
  });

  it('bears whatever another program writes', async () => {
    const { failure } = await preview(async () => {
      new Handwritten('empty', {});
      new Handwritten('junk', { variables: [1], hosts: 7, network: 'x', kubespray: null, paths: { a: {} } });
      new Handwritten('deep', {
        variables: { calico_mtu: { a: [{}] }, peers: [[null]] },
        hosts: [null, { groups: 1 }],
      });
    });
    assert.doesNotMatch(failure, /Error validating resource|TypeError|failed to run policy/);
  });

  const wrong = handwritten((s) => ({
    ...s,
    variables: {
      ...s.variables,
      calico_mtu: 1481,
      calico_veth_mtu: 1481,
      calico_ipip_mode: 'Always',
      kube_network_plugin: 'cilium',
    },
  }));

  it('judges at the levels of a configuration, but for what kubespray would refuse', async () => {
    const byDefault = await preview(wrong);
    assert.ok(byDefault.codes.includes('mandatory mtu-above-encapsulation'), byDefault.codes.join());
    assert.ok(byDefault.codes.includes('mandatory network-plugin'), byDefault.codes.join());
    const lowered = await preview(wrong, { 'mtu-above-encapsulation': 'advisory', 'network-plugin': 'advisory' });
    assert.ok(lowered.codes.includes('advisory mtu-above-encapsulation'));
    assert.ok(lowered.codes.includes('mandatory network-plugin'));
    const off = await preview(wrong, { 'mtu-above-encapsulation': 'disabled', 'network-plugin': 'disabled' });
    assert.ok(!off.codes.some((code) => code.endsWith('mtu-above-encapsulation')));
    assert.ok(off.codes.includes('mandatory network-plugin'));
  });

  it('carries severity and source in every message', async () => {
    const { violations } = await preview(wrong);
    const mtu = violations.find((v) => v.code === 'mtu-above-encapsulation');
    assert.match(mtu?.message ?? '', /harmful \(high\) at [\s\S]*\(kubespray v2\.31\.0 /);
    const plugin = violations.find((v) => v.code === 'network-plugin');
    assert.match(plugin?.message ?? '', /refused \(critical\) at [\s\S]*\(kubespray v2\.31\.0 /);
    assert.deepEqual([mtu?.severity, plugin?.severity], ['high', 'critical']);
  });

  it('finds two inventories of one cluster, which no resource shows by itself', async () => {
    const { ok, codes } = await preview(async () => {
      new Handwritten('one', subjectOf(clusterOf(lab)));
      new Handwritten('two', subjectOf(clusterOf(lab)));
    });
    assert.equal(ok, false);
    assert.deepEqual([...new Set(codes)], ['mandatory one-inventory']);
  });

  it('puts the MTU right in the inventory and in the files that are laid down, where the level says so', async () => {
    const cluster: Cluster = clusterOf(edited(lab, { network: { encapsulation: { ipip: 'always' }, mtu: 1500 } }));
    const { ok, codes, remediations, failure } = await preview(
      async () => {
        new Inventory('theirs', { cluster, controller: cluster.nodes[0] as Node, after: pulumi.output('ready') });
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

  it('judges an exported state, at configured levels too', async () => {
    assert.equal(
      (
        await run(
          'up',
          handwritten((s) => s),
        )
      ).ok,
      true,
    );
    const stack = await select(async () => {});
    const deployment = await stack.exportStack();
    await stack.destroy({ color: 'never' });
    const state = JSON.stringify(deployment);
    const analyze = (text: string, levels?: Record<string, string>) => {
      const file = join(folder, 'state.json');
      writeFileSync(file, text);
      const config = levels === undefined ? [] : ['--policy-pack-config', configFile(levels)];
      const words = ['policy', 'analyze', '--file', file, '--policy-pack', pack, ...config, '--color', 'never'];
      const done = spawnSync(tools.engine, words, {
        cwd: folder,
        env: { ...process.env, ...envVars },
        encoding: 'utf8',
      });
      return { status: done.status, text: `${done.stdout}${done.stderr}` };
    };
    const good = analyze(state);
    assert.equal(good.status, 0, good.text);
    const bad = state.replaceAll('"kube_network_plugin":"calico"', '"kube_network_plugin":"cilium"');
    assert.notEqual(bad, state);
    const found = analyze(bad);
    assert.notEqual(found.status, 0);
    assert.match(found.text, /network-plugin/);
    const lowered = analyze(state.replaceAll(/"calico_(veth_)?mtu":\d+/g, '"calico_$1mtu":9000'), {
      'mtu-above-encapsulation': 'advisory',
    });
    assert.equal(lowered.status, 0, lowered.text);
    assert.match(lowered.text, /mtu-above-encapsulation/);
  });

  it('is given the levels of the stack by calispray, which refuses those that make no sense', async () => {
    const place = new Calispray('levels');
    try {
      const project = (name: string, policy: string) =>
        place.project(
          name,
          'dev',
          (text) => `${text.replace('mtu: 1440', 'mtu: 9000')}  calispray:policy: ${policy}\n`,
        );
      const wrong = await place.run(
        'preview',
        '--stack',
        'dev',
        '--cwd',
        project('wrong', '{ block-siz: advisory, block-size: advisory }'),
      );
      assert.equal(wrong.code, 1);
      assert.match(wrong.text, /there is no rule block-siz\n.*Did you mean block-size\?/);
      assert.match(wrong.text, /policy-lowered at calispray:policy\.block-size/);
      assert.match(wrong.text, /Pulumi\.dev\.yaml:\d+/);
      assert.doesNotMatch(wrong.text, /Error:|\n\s+at /);

      const stopped = await place.run(
        'preview',
        '--stack',
        'dev',
        '--cwd',
        project('stopped', '{ types-missing: mandatory }'),
      );
      assert.equal(stopped.code, 1, stopped.text);
      assert.match(stopped.text, /harmful mtu-above-encapsulation at network\.mtu/);

      const levels = '{ mtu-above-encapsulation: remediate }';
      const remedied = await place.run('preview', '--stack', 'dev', '--cwd', project('remedied', levels));
      assert.equal(remedied.code, 0, remedied.text);
      assert.match(
        remedied.text,
        /remedied mtu-above-encapsulation in inventory .*\n {2}~ variables\.calico_mtu: 9000 → 1480/,
      );
      assert.match(remedied.text, /its files are known only in the up, and put right there/);
    } finally {
      place.remove();
    }
  });
});
