import assert from 'node:assert/strict';
import { deriveNetwork, metricsObjects, needsCalicoApiServer, policyObjects, releases } from '../../cluster/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const dev = stackCluster('dev');

// biome-ignore lint/suspicious/noExplicitAny: a spec is whatever its kind has, and the assertions say what that is.
type Spec = Record<string, any>;

/** The spec of the policy with that name. */
function named(value: unknown, name: string): Spec {
  const object = policyObjects(clusterOf(value)).find((o) => o.metadata.name === name);
  assert.ok(object, `no policy ${name}`);
  return object.spec;
}

describe('policyObjects', () => {
  it('are the four of the reference cluster', () => {
    const names = policyObjects(clusterOf(dev)).map((o) => `${o.metadata.namespace ?? ''}/${o.metadata.name}`);
    assert.deepEqual(names, [
      'production/default-deny-ingress',
      'production/allow-prometheus-scraping',
      'production/allow-dns',
      '/allow-cluster-internal',
    ]);
  });

  it('allow DNS over UDP and TCP, and to the node-local cache only where it is on', () => {
    const [rule] = named(dev, 'allow-dns').egress;
    assert.deepEqual(rule.ports, [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ]);
    assert.deepEqual(rule.to[1], { ipBlock: { cidr: '169.254.25.10/32' } });
    const off = named(edited(dev, { network: { dns: { nodeLocalCache: false } } }), 'allow-dns');
    assert.equal(off.egress[0].to.length, 1);
  });

  it('select namespaces by the label that every namespace has', () => {
    const text = JSON.stringify(policyObjects(clusterOf(dev)));
    assert.ok(!text.includes('"name":"monitoring"}'), 'no namespace carries the label name by itself');
    assert.ok(text.includes('"kubernetes.io/metadata.name":"monitoring"'));
    assert.ok(text.includes('"kubernetes.io/metadata.name":"kube-system"'));
  });

  it('leave out of allow-cluster-internal what denies by default, and host endpoints', () => {
    const policies = { ...(dev.policies as object), allowClusterInternal: {} };
    const spec = named(edited(dev, { policies }), 'allow-cluster-internal');
    assert.equal(
      spec.namespaceSelector,
      "has(kubernetes.io/metadata.name) && kubernetes.io/metadata.name not in {'production'}",
    );
    assert.deepEqual(spec.types, ['Ingress', 'Egress']);
    assert.deepEqual(spec.ingress, [{ action: 'Allow', source: { nets: ['10.244.0.0/16', '192.168.4.0/24'] } }]);
    assert.equal(spec.order, 100);
  });

  it('need Calico’s API server only for its own kinds', () => {
    assert.equal(needsCalicoApiServer(clusterOf(dev)), true);
    const { allowClusterInternal, ...kubernetesOnly } = dev.policies as Record<string, unknown>;
    assert.ok(allowClusterInternal);
    assert.equal(needsCalicoApiServer(clusterOf({ ...dev, policies: kubernetesOnly })), false);
  });
});

describe('metricsObjects', () => {
  it('are a headless Service and the ServiceMonitor that selects it', () => {
    const [service, monitor] = metricsObjects(clusterOf(dev));
    assert.ok(service !== undefined && monitor !== undefined);
    const [of, by]: [Spec, Spec] = [service.spec, monitor.spec];
    assert.equal(of.clusterIP, 'None');
    assert.deepEqual(service.metadata.labels, by.selector.matchLabels);
    assert.equal(of.ports[0].name, by.endpoints[0].port);
    assert.equal(monitor.metadata.name, 'calico-node');
  });

  it('are none without monitoring', () => {
    assert.deepEqual(metricsObjects(clusterOf({ ...dev, monitoring: 'none' })), []);
  });
});

describe('releases', () => {
  it('each install their own defaults', () => {
    for (const r of releases) {
      assert.match(r.commit, /^[0-9a-f]{40}$/);
      assert.ok(r.kubernetesVersions.includes(r.kubernetes) && r.calicoVersions.includes(r.calico), r.tag);
    }
  });

  it('hold the one that is the default', () => {
    const cluster = clusterOf(edited(dev, { kubespray: { version: undefined } }));
    assert.equal(cluster.kubespray.version, releases.at(-1)?.tag);
    assert.ok(deriveNetwork(cluster));
  });
});
