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

  it('let the ranges of both stacks in, where there are two', () => {
    const nodes = {
      one: { address: '192.168.4.1', address6: 'fd00:4::1', roles: ['control-plane', 'etcd', 'worker'] },
    };
    const ipv6 = { nodes: 'fd00:4::/64', pods: 'fd00:244::/104', encapsulation: 'none' };
    const policies = { allowClusterInternal: {} };
    const [rule] = named(edited({ ...dev, nodes, policies }, { network: { ipv6 } }), 'allow-cluster-internal').ingress;
    assert.deepEqual(rule.source.nets, ['10.244.0.0/16', '192.168.4.0/24', 'fd00:244::/104', 'fd00:4::/64']);
  });

  it('need Calico’s API server only for its own kinds', () => {
    assert.equal(needsCalicoApiServer(clusterOf(dev)), true);
    const { allowClusterInternal, ...kubernetesOnly } = dev.policies as Record<string, unknown>;
    assert.ok(allowClusterInternal);
    assert.equal(needsCalicoApiServer(clusterOf({ ...dev, policies: kubernetesOnly })), false);
  });
});

describe('Calico’s API server', () => {
  const { allowClusterInternal, ...kubernetesOnly } = dev.policies as Record<string, unknown>;
  const without = { ...dev, policies: kubernetesOnly };

  it('is wanted for a further pool', () => {
    assert.ok(allowClusterInternal);
    const network = { pods: '10.244.0.0/15', furtherPools: [{ name: 'second', cidr: '10.245.0.0/16' }] };
    assert.equal(needsCalicoApiServer(clusterOf(edited(without, { network }))), true);
  });

  it('is there as it is said, whether anything needs it or not', () => {
    assert.equal(needsCalicoApiServer(clusterOf({ ...without, calico: { apiServer: true } })), true);
    assert.equal(needsCalicoApiServer(clusterOf({ ...without, calico: { apiServer: false } })), false);
    assert.equal(needsCalicoApiServer(clusterOf({ ...without, calico: { apiServer: 'auto' } })), false);
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
