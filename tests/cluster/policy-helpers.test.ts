import assert from 'node:assert/strict';
import fc from 'fast-check';
import { declaredObjects } from '../../cluster/declared.ts';
import {
  allowDns,
  allowPrometheus,
  type Cluster,
  clusterDns,
  defaultDeny,
  isolate,
  nodesAsSources,
  policyObjects,
  stagedOf,
} from '../../cluster/index.ts';
import { resourcesIn, World } from '../../reachability/index.ts';
import { validateResource } from '../../reachability/validate/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const dev = stackCluster('dev');
const workloads = [
  { namespace: 'a', name: 'one', labels: { app: 'one' }, ports: [80] },
  { namespace: 'a', name: 'two', labels: { app: 'two' }, ports: [80] },
  { namespace: 'b', name: 'three', ports: [80] },
];

/** The reference cluster with policies of the test's own. */
function clusterWith(policies: object, more: object = {}): Cluster {
  const namespaced = { ...dev, policies: { namespaces: ['a', 'b'], ...policies }, workloads, expect: [] };
  return clusterOf(edited(namespaced, more));
}

/** Whether the connection gets through, in the world that the cluster declares; every pod has an address, as in a real one. */
function reaches(cluster: Cluster, src: string, dst: string, port: number, proto = 'tcp'): boolean {
  const objects = declaredObjects(cluster).map((object, i) =>
    object.kind === 'Pod' && !('status' in object) ? { ...object, status: { podIP: `10.244.7.${i}` } } : object,
  );
  const answer = new World(resourcesIn(objects) ?? []).ask({ src, dst, port, proto });
  assert.ok(answer.ok, JSON.stringify(answer));
  assert.notEqual(answer.verdict.verdict, 'depends', JSON.stringify(answer));
  return answer.verdict.verdict === 'allow';
}

describe('default deny', () => {
  it('is for one direction or both, and says so in its name', () => {
    assert.deepEqual(defaultDeny('a').spec, { podSelector: {}, policyTypes: ['Ingress'] });
    assert.deepEqual(
      [defaultDeny('a'), defaultDeny('a', ['Egress']), defaultDeny('a', ['Ingress', 'Egress'])].map(
        ({ metadata }) => metadata.name,
      ),
      ['default-deny-ingress', 'default-deny-egress', 'default-deny'],
    );
  });

  it('closes just that direction', () => {
    const closed = (directions: ['Ingress' | 'Egress', ...('Ingress' | 'Egress')[]]) =>
      clusterWith({ extra: [defaultDeny('a', directions)] });
    const inward = closed(['Ingress']);
    assert.equal(reaches(inward, 'b/three', 'a/one', 80), false);
    assert.equal(reaches(inward, 'a/one', 'b/three', 80), true);
    const outward = closed(['Egress']);
    assert.equal(reaches(outward, 'b/three', 'a/one', 80), true);
    assert.equal(reaches(outward, 'a/one', 'b/three', 80), false);
    const both = closed(['Ingress', 'Egress']);
    assert.equal(reaches(both, 'b/three', 'a/one', 80) || reaches(both, 'a/one', 'b/three', 80), false);
  });
});

describe('allow DNS', () => {
  const coreDns = (cluster: Cluster, proto: string) => reaches(cluster, 'a/one', 'kube-system/coredns', 53, proto);

  it('lets pods ask CoreDNS and the cache, over UDP and TCP, and nobody else', () => {
    const cluster = clusterWith({ allowDns: ['a'] });
    for (const proto of ['udp', 'tcp']) {
      assert.ok(coreDns(cluster, proto), proto);
      assert.ok(reaches(cluster, 'a/one', '169.254.25.10', 53, proto), proto);
    }
    assert.equal(reaches(cluster, 'a/one', 'kube-system/coredns', 9153), false);
    assert.equal(reaches(cluster, 'a/one', '8.8.8.8', 53, 'udp'), false);
    assert.equal(reaches(cluster, 'a/one', 'a/two', 80), false);
    assert.ok(reaches(cluster, 'b/three', '8.8.8.8', 53, 'udp'), 'of another namespace nothing is said');
  });

  it('follows the address of the cache, and leaves it out where there is none', () => {
    const moved = clusterWith({ allowDns: ['a'] }, { network: { dns: { address: '169.254.20.10' } } });
    assert.ok(reaches(moved, 'a/one', '169.254.20.10', 53, 'udp'));
    assert.equal(reaches(moved, 'a/one', '169.254.25.10', 53, 'udp'), false);
    const off = clusterWith({ allowDns: ['a'] }, { network: { dns: { nodeLocalCache: false } } });
    assert.equal(reaches(off, 'a/one', '169.254.25.10', 53, 'udp'), false);
    assert.ok(coreDns(off, 'udp') && coreDns(off, 'tcp'));
  });

  const mode = (variables: object, dns: object = {}) =>
    clusterWith({}, { kubespray: { version: 'v2.31.0', extraVariables: variables }, network: { dns } });

  it('goes by the mode of DNS that kubespray is told', () => {
    assert.deepEqual(clusterDns(mode({ dns_mode: 'coredns_dual' })), {
      pods: [{ 'k8s-app': 'kube-dns' }, { 'k8s-app': 'kube-dns-secondary' }],
      addresses: ['169.254.25.10'],
    });
    assert.deepEqual(clusterDns(mode({ dns_mode: 'manual', manual_dns_server: '192.168.4.2' })), {
      pods: [],
      addresses: ['169.254.25.10', '192.168.4.2'],
    });
    assert.deepEqual(clusterDns(mode({ dns_mode: 'none' }, { nodeLocalCache: false })), { pods: [], addresses: [] });
  });

  it('never becomes a rule for everyone where there is nobody to ask', () => {
    const cluster = clusterOf(
      edited(
        { ...dev, expect: [] },
        {
          kubespray: { version: 'v2.31.0', extraVariables: { dns_mode: 'none' } },
          network: { dns: { nodeLocalCache: false } },
        },
      ),
    );
    const [policy] = policyObjects(cluster).filter(({ metadata }) => metadata.name === 'allow-dns');
    assert.deepEqual(policy?.spec, { podSelector: {}, policyTypes: ['Egress'], egress: [] });
  });

  it('writes an address of IPv6 as one address', () => {
    const text = JSON.stringify(allowDns('a', { pods: [], addresses: ['fd00::a'] }));
    assert.match(text, /"cidr":"fd00::a\/128"/);
  });
});

describe('allow Prometheus', () => {
  const scraping = (from: object) =>
    clusterWith({
      defaultDenyIngress: ['a'],
      allowPrometheusScraping: [
        { namespace: 'a', pods: { app: 'one' }, from: { namespace: 'b', pods: {}, ...from }, port: 80 },
      ],
    });

  it('lets it in to the pods that are named, on their port', () => {
    const cluster = scraping({});
    assert.ok(reaches(cluster, 'b/three', 'a/one', 80));
    assert.equal(reaches(cluster, 'b/three', 'a/one', 81), false);
    assert.equal(reaches(cluster, 'b/three', 'a/two', 80), false);
    assert.equal(reaches(cluster, 'a/two', 'a/one', 80), false);
  });

  it('on the network of a node is the node: no selector matches it, addresses do', () => {
    const [scraped] = policyObjects(scraping({ hostNetwork: true })).filter(
      ({ metadata }) => metadata.name === 'allow-prometheus-scraping',
    );
    const rules = scraped?.spec.ingress as { from: unknown }[];
    assert.deepEqual(rules[0]?.from, [{ ipBlock: { cidr: '192.168.4.0/24' } }, { ipBlock: { cidr: '10.244.0.0/16' } }]);
    assert.ok(reaches(scraping({ hostNetwork: true }), '192.168.4.62', 'a/one', 80));
    assert.equal(reaches(scraping({}), '192.168.4.62', 'a/one', 80), false);
  });

  it('comes from tunnels, out of the pods’ range, where packets are wrapped', () => {
    const plain = { network: { encapsulation: 'none', mtu: 'auto' } };
    assert.deepEqual(nodesAsSources(clusterWith({}, plain)), ['192.168.4.0/24']);
    const wireguard = { network: { encapsulation: 'none', mtu: 'auto', wireguard: true } };
    assert.deepEqual(nodesAsSources(clusterWith({}, wireguard)), ['192.168.4.0/24', '10.244.0.0/16']);
    assert.deepEqual(nodesAsSources(clusterWith({})), ['192.168.4.0/24', '10.244.0.0/16']);
  });

  it('may be given any nets and name in a program', () => {
    const made = allowPrometheus({ namespace: 'a', pods: {}, port: 1, from: { nets: ['10.0.0.0/8'] }, name: 'x' });
    assert.equal(made.metadata.name, 'x');
    const nobody = allowPrometheus({ namespace: 'a', pods: {}, port: 1, from: { nets: [] } });
    assert.deepEqual(nobody.spec.ingress, []);
    assert.match(JSON.stringify(made.spec), /"from":\[\{"ipBlock":\{"cidr":"10.0.0.0\/8"\}\}\]/);
  });
});

describe('isolate', () => {
  it('leaves the pods of a namespace each other, DNS, and nobody else', () => {
    const cluster = clusterWith({ isolate: ['a'], allowClusterInternal: {} });
    assert.ok(reaches(cluster, 'a/one', 'a/two', 80));
    assert.ok(reaches(cluster, 'a/one', 'kube-system/coredns', 53, 'udp'));
    assert.equal(reaches(cluster, 'a/one', 'b/three', 80), false);
    assert.equal(reaches(cluster, 'b/three', 'a/one', 80), false);
    assert.equal(reaches(cluster, '192.168.4.62', 'a/one', 80), false);
    assert.equal(reaches(cluster, 'a/one', '8.8.8.8', 443), false);
  });
});

describe('the policies of any sections', () => {
  const names = fc.subarray(['a', 'b']);
  const sections = fc.record({
    defaultDenyIngress: names,
    allowDns: names,
    isolate: names,
    allowPrometheusScraping: fc.array(
      fc.record({
        namespace: fc.constantFrom('a', 'b'),
        pods: fc.constantFrom({}, { app: 'one' }),
        from: fc.record({ namespace: fc.constant('b'), pods: fc.constant({}), hostNetwork: fc.boolean() }),
        port: fc.integer({ min: 1, max: 65535 }),
      }),
      { maxLength: 3 },
    ),
    allowClusterInternal: fc.constantFrom(undefined, {}, { order: 2000, except: ['a'] }),
    staged: fc.constantFrom('all', []),
  });

  it('say their directions, have a name of their own, and are what Calico’s validator takes', () => {
    fc.assert(
      fc.property(sections, (written) => {
        const objects = policyObjects(clusterWith(written));
        const called = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
        assert.equal(new Set(called).size, called.length);
        for (const object of objects) {
          const directions = object.spec.types ?? object.spec.policyTypes;
          assert.ok(Array.isArray(directions) && directions.length > 0, object.kind);
          if (object.apiVersion === 'projectcalico.org/v3') assert.deepEqual(validateResource(object).errors, []);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never let anybody out of an isolated namespace but to DNS', () => {
    fc.assert(
      fc.property(sections, (written) => {
        const cluster = clusterWith({ ...written, isolate: ['a'], allowClusterInternal: undefined, staged: [] });
        assert.equal(reaches(cluster, 'a/one', 'b/three', 80), false);
        assert.equal(reaches(cluster, 'a/one', '8.8.8.8', 53, 'udp'), false);
        assert.ok(reaches(cluster, 'a/one', '169.254.25.10', 53, 'tcp'));
      }),
      { numRuns: 50 },
    );
  });
});

describe('staged policies', () => {
  const cluster = (staged: unknown) =>
    clusterWith({
      defaultDenyIngress: ['a'],
      allowClusterInternal: {},
      extra: [
        {
          apiVersion: 'projectcalico.org/v3',
          kind: 'NetworkPolicy',
          metadata: { name: 'own', namespace: 'a', labels: { team: 'x' } },
          spec: { order: 5, egress: [{ action: 'Allow' }] },
        },
        { apiVersion: 'projectcalico.org/v3', kind: 'Tier', metadata: { name: 't' }, spec: { order: 1 } },
      ],
      staged,
    });

  it('are of the staged kinds, with the spec that they would be enforced with', () => {
    const objects = policyObjects(cluster('all'));
    assert.deepEqual(
      objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`),
      [
        'projectcalico.org/v3 StagedKubernetesNetworkPolicy default-deny-ingress',
        'projectcalico.org/v3 StagedGlobalNetworkPolicy allow-cluster-internal',
        'projectcalico.org/v3 StagedNetworkPolicy own',
        'projectcalico.org/v3 Tier t',
      ],
    );
    assert.deepEqual(objects[2]?.spec, {
      stagedAction: 'Set',
      order: 5,
      egress: [{ action: 'Allow' }],
      types: ['Egress'],
    });
    assert.deepEqual(objects[2]?.metadata.labels, { team: 'x' });
  });

  it('enforce nothing', () => {
    assert.equal(reaches(cluster([]), 'b/three', 'a/one', 80), false);
    assert.equal(reaches(cluster('all'), 'b/three', 'a/one', 80), true);
    const one = cluster(['NetworkPolicy a/default-deny-ingress']);
    assert.equal(reaches(one, 'b/three', 'a/one', 80), true);
    const kinds = policyObjects(one).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['StagedKubernetesNetworkPolicy', 'GlobalNetworkPolicy', 'NetworkPolicy', 'Tier']);
  });

  it('have the directions that the API would have inferred, written out', () => {
    const policy = (spec: object) =>
      stagedOf({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'x', namespace: 'a' },
        spec: { podSelector: {}, ...spec },
      }).spec.policyTypes;
    assert.deepEqual(policy({}), ['Ingress']);
    assert.deepEqual(policy({ egress: [{}] }), ['Ingress', 'Egress']);
    assert.deepEqual(policy({ egress: [] }), ['Ingress']);
    assert.deepEqual(policy({ policyTypes: ['Egress'] }), ['Egress']);
    const calico = (spec: Record<string, unknown>) =>
      stagedOf({ apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'x' }, spec }).spec
        .types;
    assert.deepEqual(calico({}), ['Ingress']);
    assert.deepEqual(calico({ egress: [{ action: 'Allow' }], ingress: [{ action: 'Deny' }] }), ['Ingress', 'Egress']);
  });

  it('are what Calico’s validator takes', () => {
    for (const object of policyObjects(cluster('all'))) {
      assert.deepEqual(validateResource(object).errors, [], object.kind);
    }
    assert.deepEqual(validateResource(stagedOf(isolate('a', { pods: [{ x: 'y' }], addresses: [] }))).errors, []);
  });
});
