import assert from 'node:assert/strict';
import * as command from '@pulumi/command';
import * as kubernetes from '@pulumi/kubernetes';
import type { Cluster, Node } from '../../cluster/index.ts';
import { Inventory } from '../../components/inventory.ts';
import { subjectOf } from '../../kubespray/index.ts';
import { FelixConfiguration, GlobalNetworkPolicy, ServiceMonitor } from '../../resources/index.ts';
import { Calispray } from '../support/calispray.ts';
import { Handwritten, handwritten, type Levels, PackOnEngine } from '../support/pack-engine.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const lab = stackCluster('lab');

describe('the policy pack on the real engine', function () {
  this.timeout(120_000);
  let engine: PackOnEngine;
  before(() => {
    engine = new PackOnEngine();
  });
  after(() => engine.remove());

  const preview = (...args: Parameters<PackOnEngine['preview']>) => engine.preview(...args);

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
      new Inventory('theirs', { cluster, controller });
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

  it('stops at objects that their API would refuse, or swallow, before there is a cluster to ask', async () => {
    const { ok, codes, violations } = await preview(async () => {
      const provider = new kubernetes.Provider('later', { kubeconfig: new command.Provider('unknown').id });
      const metadata = { name: 'ssh' };
      const source = { nets: ['192.168.4.0/33'], net: ['10.0.0.0/8'] };
      const ingress = [
        { action: 'Allow' as const, protocol: 'TCP' as const, source, destination: { ports: ['99:22'] } },
      ];
      const spec = { tier: 'platfrom', types: ['Ingress' as const], ingress };
      new GlobalNetworkPolicy('ssh', { metadata, spec }, { provider });
      new FelixConfiguration('felix', { spec: { xdpEnabled: true } }, { provider });
      const relabelings = [{ action: 'keep' as const, regex: 'calico-(node' }];
      const monitor = { selector: {}, endpoints: [{ port: 'metrics', relabelings }] };
      new ServiceMonitor('monitor', { metadata, spec: monitor }, { provider });
    });
    assert.equal(ok, false);
    assert.deepEqual(
      codes.filter((code) => code.startsWith('mandatory')),
      [
        'mandatory calico-refuses',
        'mandatory calico-refuses',
        'mandatory monitoring-skipped',
        'mandatory tier-missing',
        'mandatory unknown-field',
      ],
    );
    const said = violations.map(({ message }) => message).join('\n');
    assert.match(
      said,
      /refused \(critical\) at spec\.ingress\[0\]\.source\.nets\[0\]: GlobalNetworkPolicy ssh: "192\.168\.4\.0\/33" is no CIDR/,
    );
    assert.match(said, /there is no field net in spec\.ingress\[0\]\.source.*\n.*→ Write nets, or leave it out\./);
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

  it('judges an exported state, at configured levels too', async () => {
    const declared = await engine.run(
      'up',
      handwritten((s) => s),
    );
    assert.equal(declared.ok, true, declared.failure);
    const stack = await engine.select(async () => {});
    const deployment = await stack.exportStack();
    await stack.destroy({ color: 'never' });
    const state = JSON.stringify(deployment);
    const analyze = (text: string, levels?: Levels) => {
      const { status, stdout, stderr } = engine.analyze(text, levels);
      return { status, text: `${stdout}${stderr}` };
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
      assert.match(remedied.text, /remedied mtu-above-encapsulation in files of the inventory/);
    } finally {
      place.remove();
    }
  });
});
