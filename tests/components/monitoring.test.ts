import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { dashboardObject, dashboardText, metricsObjects } from '../../cluster/index.ts';
import { Monitoring } from '../../components/monitoring.ts';
import { noteDeclared } from '../support/declared.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const prometheus = { labels: { release: 'kube-prometheus-stack' }, interval: '15s' };
const clusterWith = (change: object) =>
  clusterOf(
    edited(stackCluster('dev'), {
      monitoring: { ...prometheus, ...change },
      calico: { typha: { metrics: { enabled: true } } },
    }),
  );
const cluster = clusterWith({});

describe('monitoring of a stack', () => {
  async function declared(change: object = {}) {
    const all = noteDeclared();
    const after = new pulumi.ComponentResource('test:own:Gate', 'gate');
    const made = new Monitoring('c-felix-metrics', { cluster: clusterWith(change), after });
    await pulumi.runtime.disconnect();
    return { all, names: made.names };
  }

  it('is each object of a class of its kind, with what the cluster says', async () => {
    const { all, names } = await declared();
    const objects = metricsObjects(cluster);
    assert.equal(objects.length, 7);
    for (const { apiVersion, kind, metadata, spec } of objects) {
      const type = `kubernetes:${apiVersion === 'v1' ? 'core/v1' : apiVersion}:${kind}`;
      const found = all.filter(
        (one) => one.type === type && (one.inputs.metadata as { name: string }).name === metadata.name,
      );
      assert.equal(found.length, 1, `${type} ${metadata.name}`);
      assert.deepEqual(found[0]?.inputs.spec, spec);
      assert.deepEqual(found[0]?.inputs.metadata, metadata);
    }
    assert.ok(names.includes('PrometheusRule kube-system/calico'), names.join(', '));
  });

  it('has the dashboard as a ConfigMap, where its sidecar looks, unless nobody wants it', async () => {
    const { all, names } = await declared();
    const found = all.filter(({ type }) => type === 'kubernetes:core/v1:ConfigMap');
    assert.deepEqual(
      found.map(({ name, inputs }) => [name, inputs.metadata, inputs.data]),
      [
        [
          'c-felix-metrics-dashboard',
          dashboardObject(cluster)?.metadata,
          { 'calico-vmstation.json': await dashboardText(cluster) },
        ],
      ],
    );
    assert.ok(names.includes('ConfigMap kube-system/calico-dashboard'), names.join(', '));
    const without = await declared({ dashboard: false });
    assert.ok(!without.all.some(({ type }) => type === 'kubernetes:core/v1:ConfigMap'));
  });

  it('keeps for Felix the types and names that stacks have it under', async () => {
    const { all } = await declared();
    const named = all.map(({ type, name }) => `${type} ${name}`);
    for (const known of [
      'calispray:monitoring:FelixMetrics c-felix-metrics',
      'kubernetes:core/v1:Service c-felix-metrics-service',
      'kubernetes:monitoring.coreos.com/v1:ServiceMonitor c-felix-metrics-monitor',
    ]) {
      assert.ok(named.includes(known), `${known} is not among ${named.join(', ')}`);
    }
    assert.equal(new Set(named).size, named.length);
  });
});
