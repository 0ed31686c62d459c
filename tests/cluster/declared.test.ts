import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { declaredObjects, originsOf, worldOf } from '../../cluster/declared.ts';
import { parseCluster, policyObjects } from '../../cluster/index.ts';
import { resourcesIn, World, workloadsOf } from '../../reachability/index.ts';
import { exampleCluster, exampleManifests } from '../support/example-clusters.ts';
import { assertGolden } from '../support/golden.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';

const dev = stackCluster('dev');
const parsed = parseCluster(exampleCluster('full'), { manifests: exampleManifests });
assert.ok(parsed.ok);
const full = parsed.cluster;

/** `Service kube-system/coredns`. */
function names(objects: readonly { kind: string; metadata: { name: string; namespace?: string } }[]): string[] {
  return objects.map(
    ({ kind, metadata }) =>
      `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`,
  );
}

describe('the world that a stack declares', () => {
  for (const [name, cluster] of [
    ['dev', clusterOf(dev)],
    ['full', full],
  ] as const) {
    it(`is, of ${name}, what was read and found right`, () => {
      const text = worldOf(cluster).map((object) => stringify(object, { aliasDuplicateObjects: false }));
      assertGolden(join(import.meta.dirname, `golden/world/${name}.yaml`), text.join('---\n'));
    });
  }

  it('and its policies are all that is declared, and nothing of it means nothing to the engine', () => {
    for (const cluster of [full, ...stacks.map((stack) => clusterOf(stackCluster(stack)))]) {
      const objects = declaredObjects(cluster);
      assert.equal(objects.length, worldOf(cluster).length + policyObjects(cluster).length);
      assert.equal(new Set(names(objects)).size, objects.length);
      assert.ok(worldOf(cluster).every(({ kind }) => !kind.endsWith('Policy')));
      assert.deepEqual(new World(resourcesIn(objects) ?? [], { calico: 'v3.31.5' }).ignored, []);
    }
  });

  it('has workloads by the names that the file gives them, whatever their labels are', () => {
    const labels = { app: 'web' };
    const pods = [{ name: 'web' }, { name: 'web-canary' }].map((one) => ({ ...one, namespace: 'production', labels }));
    const resources = resourcesIn(worldOf(clusterOf(edited(dev, { workloads: pods })))) ?? [];
    const called = [...workloadsOf(resources).values()].filter((name) => name.startsWith('production/'));
    assert.deepEqual(called, ['production/web', 'production/web-canary']);
  });

  it('has the DNS that kubespray makes: two with coredns_dual, none of its own with manual, no cache where it is off', () => {
    const dns = (variables: object, nodeLocalCache = true) =>
      names(
        worldOf(
          clusterOf(
            edited(dev, {
              kubespray: { version: 'v2.31.0', extraVariables: variables },
              network: { dns: { nodeLocalCache } },
            }),
          ),
        ),
      ).filter((name) => name.includes('dns'));
    const one = ['Pod kube-system/coredns', 'Service kube-system/coredns'];
    const second = ['Pod kube-system/coredns-secondary', 'Service kube-system/coredns-secondary'];
    const cache = 'Pod kube-system/nodelocaldns';
    assert.deepEqual(dns({}), [...one, cache]);
    assert.deepEqual(dns({}, false), one);
    assert.deepEqual(dns({ dns_mode: 'coredns_dual' }), [...one, ...second, cache]);
    assert.deepEqual(dns({ dns_mode: 'manual' }), [cache]);
    assert.deepEqual(dns({ dns_mode: 'none' }, false), []);
  });
});

describe('origins', () => {
  it('lead from every policy to the stack file or the manifest', () => {
    assert.deepEqual(originsOf(full), {
      'Namespace production': 'policies.namespaces[0]',
      'Namespace monitoring': 'policies.namespaces[1]',
      'Namespace team-a': 'policies.namespaces[2]',
      'NetworkPolicy production/default-deny-ingress': 'policies.defaultDenyIngress[0]',
      'NetworkPolicy production/allow-prometheus-scraping': 'policies.allowPrometheusScraping[0]',
      'NetworkPolicy production/allow-dns': 'policies.allowDns[0]',
      'GlobalNetworkPolicy allow-cluster-internal': 'policies.allowClusterInternal',
      'NetworkPolicy team-a/isolate': 'policies.isolate[0]',
      'StagedKubernetesNetworkPolicy monitoring/deny-egress': 'policies.extra[0]',
      'NetworkPolicy production/allow-frontend': 'manifests/production.yaml#1',
      'GlobalNetworkSet office': 'manifests/production.yaml#2',
      'Tier platform': 'manifests/more/tier.json#1',
      'IPPool main-pool': 'network.pool',
      'IPPool rack-2': 'network.furtherPools[0]',
      'IPPool retired': 'network.furtherPools[1]',
      'Pod production/my-app': 'workloads[0]',
    });
  });

  it('are known of every policy, whatever is staged', () => {
    const all = ['all', [], ['NetworkPolicy production/allow-dns', 'GlobalNetworkPolicy allow-cluster-internal']];
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.constantFrom(...stacks), (staged, stack) => {
        const cluster = clusterOf(edited(stackCluster(stack), { policies: { staged } }));
        const origins = originsOf(cluster);
        for (const name of names(policyObjects(cluster))) assert.ok(name in origins, name);
      }),
    );
  });
});
