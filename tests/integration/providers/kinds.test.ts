import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as resources from '../../../resources/index.ts';
import { toolPaths } from '../../../setup/index.ts';
import { definitionsIn } from '../../support/fields.ts';
import { type Kube, startKube } from '../../support/kube.ts';
import { TestStack } from './stack.ts';

const rule: resources.PolicyRule = {
  action: 'Allow',
  protocol: 'TCP',
  source: { nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'] },
  destination: { selector: "app == 'web'", ports: [80, '8000:8080', 'http'], serviceAccounts: { names: ['web'] } },
  metadata: { annotations: { note: 'kept' } },
};
const policy = { order: 10.5, selector: 'all()', types: ['Ingress' as const], ingress: [rule], tier: 'platform' };
const scrape = { interval: '30s', relabelings: [{ action: 'replace' as const, regex: '(.*)', targetLabel: 'node' }] };

/** One object of each kind: its class, and a spec with fields of every sort. */
const kinds = {
  BGPPeer: [resources.BGPPeer, { peerIP: '10.0.0.1', asNumber: 64512, nextHopMode: 'Keep' }],
  GlobalNetworkPolicy: [
    resources.GlobalNetworkPolicy,
    { ...policy, namespaceSelector: 'all()', applyOnForward: false },
  ],
  GlobalNetworkSet: [resources.GlobalNetworkSet, { nets: ['203.0.113.0/24'] }],
  HostEndpoint: [
    resources.HostEndpoint,
    { node: 'one', interfaceName: 'eth0', ports: [{ name: 'ssh', protocol: 'TCP', port: 22 }] },
  ],
  IPPool: [
    resources.IPPool,
    { cidr: '10.9.0.0/16', blockSize: 26, assignmentMode: 'Manual', allowedUses: ['Workload'] },
  ],
  NetworkPolicy: [resources.NetworkPolicy, policy],
  NetworkSet: [resources.NetworkSet, { nets: ['198.51.100.7'] }],
  PodMonitor: [resources.PodMonitor, { selector: {}, podMetricsEndpoints: [{ portNumber: 9091, ...scrape }] }],
  PrometheusRule: [
    resources.PrometheusRule,
    { groups: [{ name: 'a', rules: [{ alert: 'A', expr: 'up == 0', for: '5m' }] }] },
  ],
  ServiceMonitor: [
    resources.ServiceMonitor,
    { selector: { matchLabels: { a: 'b' } }, endpoints: [{ port: 'metrics', ...scrape }] },
  ],
  StagedGlobalNetworkPolicy: [resources.StagedGlobalNetworkPolicy, { ...policy, stagedAction: 'Set' }],
  StagedKubernetesNetworkPolicy: [
    resources.StagedKubernetesNetworkPolicy,
    { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 80, endPort: 90 }] }] },
  ],
  StagedNetworkPolicy: [resources.StagedNetworkPolicy, { ...policy, stagedAction: 'Set' }],
  Tier: [resources.Tier, { order: 100, defaultAction: 'Pass' }],
} as const;

type Made = new (name: string, args: { metadata: object; spec: never }, opts: object) => pulumi.CustomResource;

describe('every kind of a typed resource, with the real engine and a real API server', function () {
  this.timeout(180_000);
  const tools = toolPaths();
  const dir = mkdtempSync(join(tmpdir(), 'calispray-kinds-'));
  // A stack's policies may be of any of them.
  const definitions = (['calico.yaml', 'cluster-policies.yaml', 'prometheus.yaml'] as const).flatMap((file) =>
    definitionsIn(tools.crds, file),
  );
  let kube: Kube;

  const pathOf = (kind: string, name: string): string => {
    const { spec } = definitions.find((each) => each.spec.names.kind === kind) as (typeof definitions)[number];
    const place = spec.scope === 'Namespaced' ? '/namespaces/default' : '';
    return `/apis/${spec.group}/${spec.versions[0]?.name}${place}/${spec.names.plural}/${name}`;
  };
  const live = async (kind: string, name = 'one') => kube.call('GET', pathOf(kind, name));

  before(async () => {
    kube = await startKube(tools, join(dir, 'kube'));
    for (const definition of definitions) {
      const { status, body } = await kube.call(
        'POST',
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
        definition,
      );
      assert.equal(status, 201, JSON.stringify(body));
    }
    for (const kind of [...Object.keys(kinds), 'FelixConfiguration']) {
      // A path that is not served yet is not found as well, but in plain text.
      while (typeof (await live(kind)).body === 'string') await sleep(200);
    }
  });
  after(async () => {
    await kube?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is kept as it was declared, every field of it; settings of Felix are patched and given up', async () => {
    const stack = await TestStack.open(tools, join(dir, 'stack'), async () => {
      const provider = new k8s.Provider('cluster', {
        kubeconfig: pulumi.secret(kube.kubeconfig),
        clusterIdentifier: 'test',
      });
      for (const [kind, [own, spec]] of Object.entries(kinds)) {
        new (own as unknown as Made)(kind, { metadata: { name: 'one' }, spec: spec as never }, { provider });
      }
      new resources.FelixConfiguration(
        'felix',
        { spec: { prometheusMetricsEnabled: true, logSeverityScreen: 'Warning' } },
        { provider },
      );
      return {};
    });
    const felix = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { ipipEnabled: true },
    };
    const made = await kube.call(
      'POST',
      `${pathOf('FelixConfiguration', '').slice(0, -1)}?fieldManager=kubespray`,
      felix,
    );
    assert.equal(made.status, 201);

    await stack.up();
    for (const [kind, [, spec]] of Object.entries(kinds)) {
      const { status, body } = await live(kind);
      assert.equal(status, 200, kind);
      assert.deepEqual(contained(body.spec, spec), spec, kind);
    }
    const settings = { ipipEnabled: true, prometheusMetricsEnabled: true, logSeverityScreen: 'Warning' };
    assert.deepEqual((await live('FelixConfiguration', 'default')).body.spec, settings);
    const again = await stack.up({ refresh: true });
    assert.deepEqual([...new Set(Object.values(again.operations))], ['same']);

    await stack.destroy();
    assert.deepEqual((await live('FelixConfiguration', 'default')).body.spec, { ipipEnabled: true });
    for (const kind of Object.keys(kinds)) assert.equal((await live(kind)).status, 404, kind);
  });
});

/** What is there of what was asked for: a definition may fill in more. */
function contained(there: unknown, asked: unknown): unknown {
  if (Array.isArray(asked) && Array.isArray(there)) return there.map((each, i) => contained(each, asked[i]));
  if (typeof asked !== 'object' || asked === null || typeof there !== 'object' || there === null) return there;
  const entries = Object.entries(asked).map(([key, value]) => [
    key,
    contained((there as Record<string, unknown>)[key], value),
  ]);
  return Object.fromEntries(entries);
}
