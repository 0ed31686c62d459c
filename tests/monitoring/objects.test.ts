import assert from 'node:assert/strict';
import { metricsObjects } from '../../cluster/index.ts';
import { NAMESPACE } from '../../cluster/monitoring/objects.ts';
import { targetsOf } from '../../cluster/monitoring/targets.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const dev = stackCluster('dev');
const typha = { typha: { metrics: { enabled: true } } };
const objectsOf = (change: object) => metricsObjects(clusterOf(edited(dev, change)));
const namesOf = (change: object) => objectsOf(change).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
// biome-ignore lint/suspicious/noExplicitAny: what the API takes is read freely here
type Spec = any;

const FELIX = ['Service calico-node-metrics', 'ServiceMonitor calico-node'];
const TYPHA = ['Service calico-typha-metrics', 'ServiceMonitor calico-typha'];
const CONTROLLERS = ['Service calico-kube-controllers-metrics', 'ServiceMonitor calico-kube-controllers'];
const RULE = 'PrometheusRule calico';

describe('objects of monitoring', () => {
  const worlds: [string, object, string[]][] = [
    ['Felix and kube-controllers', {}, [...FELIX, ...CONTROLLERS, RULE]],
    ['the same by the old word', { monitoring: 'prometheus' }, [...FELIX, ...CONTROLLERS, RULE]],
    ['nothing', { monitoring: 'none' }, []],
    ['Typha where its metrics are on', { calico: typha }, [...FELIX, ...TYPHA, ...CONTROLLERS, RULE]],
    ['no Typha whose metrics are off', { calico: { typha: {} } }, [...FELIX, ...CONTROLLERS, RULE]],
    ['no kube-controllers that answer nobody', { monitoring: { kubeControllersPort: 0 } }, [...FELIX, RULE]],
    ['no kube-controllers where kubespray makes none', { calico: { networkPolicy: false } }, [...FELIX, RULE]],
    ['no alerts that nobody wants', { monitoring: { alerts: false } }, [...FELIX, ...CONTROLLERS]],
  ];
  for (const [what, change, expected] of worlds) {
    it(`are for ${what}`, () => assert.deepEqual(namesOf(change), expected));
  }

  it('have a ServiceMonitor that selects one Service, on a port that it has, for each part', () => {
    const objects = objectsOf({ calico: typha });
    const services = objects.filter(({ kind }) => kind === 'Service');
    const monitors = objects.filter(({ kind }) => kind === 'ServiceMonitor');
    assert.equal(monitors.length, 3);
    for (const { metadata, spec } of monitors as { metadata: { name: string }; spec: Spec }[]) {
      const chosen = services.filter(({ metadata: { labels = {} } }) =>
        Object.entries(spec.selector.matchLabels).every(([key, value]) => labels[key] === value),
      );
      assert.equal(chosen.length, 1, metadata.name);
      const own = chosen[0]?.spec as Spec;
      assert.equal(own.clusterIP, 'None');
      assert.deepEqual(
        spec.endpoints.map(({ port }: Spec) => port),
        own.ports.map(({ name }: Spec) => name),
      );
    }
  });

  it('do not select the Service that kubespray makes for Typha, whose pods would be scraped twice', () => {
    const found = targetsOf(clusterOf(edited(dev, { calico: typha }))).find(({ name }) => name === 'calico-typha');
    assert.deepEqual(found?.selector, { 'k8s-app': 'calico-typha' });
    assert.notDeepEqual(found?.labels, { 'k8s-app': 'calico-typha' });
  });

  it('carry the labels that Prometheus selects by, and its interval', () => {
    const labels = { release: 'kube-prometheus-stack' };
    const objects = objectsOf({ monitoring: { labels, interval: '15s' }, calico: typha });
    for (const { kind, metadata, spec } of objects) {
      assert.equal(metadata.namespace, NAMESPACE);
      if (kind === 'Service') continue;
      assert.equal(metadata.labels?.release, labels.release, metadata.name);
      if (kind === 'ServiceMonitor') assert.equal((spec as Spec).endpoints[0].interval, '15s');
    }
  });

  it('go to the ports that are declared', () => {
    const objects = objectsOf({
      felix: { metrics: { enabled: true, port: 19091 } },
      calico: { typha: { metrics: { enabled: true, port: 19093 } } },
      monitoring: { kubeControllersPort: 19094 },
    });
    const ports = objects.filter(({ kind }) => kind === 'Service').map(({ spec }) => (spec as Spec).ports[0]);
    assert.deepEqual(
      ports.map(({ port, targetPort }: Spec) => [port, targetPort]),
      [19091, 19093, 19094].map((port) => [port, port]),
    );
  });
});
