import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Cluster, formatFinding, parseCluster } from '../../cluster/index.ts';
import { assertGolden } from '../support/golden.ts';
import { edited, stackCluster, stacks } from '../support/stacks.ts';

/** `code at path` of each finding, in order. */
function mistakes(value: unknown): string[] {
  const parsed = parseCluster(value);
  return parsed.ok ? [] : parsed.findings.map((f) => `${f.code} at ${f.path}`);
}

function cluster(value: unknown): Cluster {
  const parsed = parseCluster(value);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.cluster;
}

/** The least that is a cluster. */
const least = {
  apiVersion: 'calispray/v1',
  name: 'least',
  nodes: { one: { address: '10.0.0.1', roles: ['control-plane', 'etcd', 'worker'] } },
  network: { nodes: '10.0.0.0/24', encapsulation: 'none' },
};

describe('parseCluster', () => {
  it('gives one cluster whatever the order of the nodes in the file: the engine sorts them', () => {
    const { one } = least.nodes;
    const nodes = {
      b: { ...one, address: '10.0.0.2' },
      c: { address: '10.0.0.3', roles: ['worker'] },
      a: one,
    };
    const value = { ...least, kubespray: { order: ['b', 'a'] }, nodes };
    const sorted = { ...value, nodes: Object.fromEntries(Object.entries(value.nodes).sort()) };
    const parsed = parseCluster(value);
    assert.ok(parsed.ok);
    assert.deepEqual(
      parsed.cluster.nodes.map((node) => node.name),
      ['b', 'a', 'c'],
    );
    assert.deepEqual(parseCluster(sorted), parsed);
  });

  it('fills every default', () => {
    assert.deepEqual(cluster(least), {
      apiVersion: 'calispray/v1',
      name: 'least',
      kubespray: {
        version: 'v2.31.0',
        source: { git: 'https://github.com/kubernetes-sigs/kubespray.git' },
        controller: 'one',
        order: ['one'],
        runs: { limitMinutes: 90, keep: 20 },
        removeDead: [],
        extraVariables: {},
      },
      kubernetes: { proxy: 'ipvs', maxPods: 110 },
      nodes: [
        {
          name: 'one',
          etcdMember: 'one',
          address: '10.0.0.1',
          roles: ['control-plane', 'etcd', 'worker'],
          labels: {},
          taints: [],
          bgp: { peers: [] },
          ssh: { user: 'root', port: 22, agent: true, become: false },
        },
      ],
      network: {
        nodes: '10.0.0.0/24',
        interfaceMtu: 1500,
        pods: '10.233.64.0/18',
        services: '10.233.0.0/18',
        pool: { name: 'default-pool', cidr: '10.233.64.0/18', blockSize: 26, natOutgoing: true },
        furtherPools: [],
        encapsulation: { kind: 'none' },
        mtu: 'auto',
        bgp: {
          as: 64512,
          topology: 'full-mesh',
          peers: [],
          listenPort: 179,
          advertise: { clusterIps: false, externalIps: [], loadBalancerIps: [] },
        },
        wireguard: false,
        dataplane: { kind: 'iptables', backend: 'auto', lockTimeoutSeconds: 10 },
        ipam: { kind: 'calico', strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0 },
        autodetection: 'auto',
        dns: { nodeLocalCache: true, address: '169.254.25.10' },
      },
      calico: {
        datastore: 'kdd',
        apiServer: 'auto',
        networkPolicy: true,
        node: {
          resources: { cpuRequest: '150m', cpuLimit: '0', memoryRequest: '64M', memoryLimit: '500M' },
          nodeSelector: 'kubernetes.io/os: linux',
          logLevel: 'info',
          startupLogLevel: 'error',
          livenessTimeoutSeconds: 10,
          readinessTimeoutSeconds: 10,
          environment: {},
          kubeconfigTimeoutSeconds: 300,
        },
        cni: {
          name: 'k8s-pod-network',
          logFile: '/var/log/calico/cni/cni.log',
          ipForwarding: false,
          featureControl: {},
        },
        kubeControllers: {
          resources: { cpuRequest: '30m', cpuLimit: '1000m', memoryRequest: '64M', memoryLimit: '256M' },
          nodeSelector: 'kubernetes.io/os: linux',
          logLevel: 'info',
        },
        usageReporting: false,
        images: {},
      },
      felix: {
        metrics: { enabled: true, port: 9091, address: 'node', go: true, process: true },
        logSeverity: 'info',
        chainInsertMode: 'insert',
        endpointToHostAction: 'return',
        reportingInterval: '0s',
        floatingIps: false,
        ignoreLooseRpf: false,
        featureDetectOverride: {},
        healthHost: 'localhost',
        useDefaultRouteSourceAddress: false,
      },
      policies: {
        namespaces: [],
        namespaceLabels: {},
        defaultDenyIngress: [],
        allowDns: [],
        allowPrometheusScraping: [],
        isolate: [],
        extra: [],
        manifests: [],
        staged: [],
      },
      workloads: [],
      expect: [],
      monitoring: {
        kind: 'prometheus',
        labels: {},
        interval: '30s',
        alerts: true,
        dashboard: { labels: { grafana_dashboard: '1' }, namespace: 'kube-system', annotations: {} },
        runbooks: 'docs/runbooks.md',
        kubeControllersPort: 9094,
      },
      verify: { after: 'change', outside: [], optional: [], seconds: 180 },
    });
  });

  it('takes every stack of this repository', () => {
    for (const stack of stacks) cluster(stackCluster(stack));
  });

  it('gives a cluster that nobody can change', () => {
    const made = cluster(stackCluster('lab'));
    assert.throws(() => Object.assign(made.network.pool, { cidr: '10.0.0.0/8' }), TypeError);
    assert.throws(() => (made.nodes as unknown[]).push({}), TypeError);
  });

  it('gives each node the ssh settings of the cluster, less its own', () => {
    const ssh = { user: 'deploy', key: '~/.ssh/id', port: 2222 };
    const value = edited(least, { ssh, nodes: { one: { ...least.nodes.one, ssh: { port: 22 } } } });
    assert.deepEqual(cluster(value).nodes[0]?.ssh, {
      user: 'deploy',
      key: '~/.ssh/id',
      port: 22,
      agent: false,
      become: true,
    });
  });

  it('leaves paths as they are written', () => {
    const path = ['$', '{CALISPRAY_LAB_DIR}/~/bundle.tar'].join('');
    assert.deepEqual(cluster(edited(least, { kubespray: { source: { path } } })).kubespray.source, { path });
  });

  it('says all mistakes at once', () => {
    const value = edited(least, {
      naem: 'x',
      nodes: {
        one: { adress: '10.0.0.1', roles: ['control-plane', 'etcd', 'worker'] },
        two: { address: '10.0.0.2', roles: ['workr'] },
        three: { address: '10.0.0.2', roles: ['worker'] },
      },
      network: { nodes: '10.0.0.1/24', encapsulation: { ipip: 'allways' }, pool: { blokSize: 26 } },
    });
    assert.deepEqual(mistakes(value).sort(), [
      'bad-value at network.encapsulation.ipip',
      'bad-value at nodes.two.roles[0]',
      'duplicate-address at nodes.three.address',
      'host-bits at network.nodes',
      'missing-field at nodes.one.address',
      'unknown-key at naem',
      'unknown-key at network.pool.blokSize',
      'unknown-key at nodes.one.adress',
    ]);
  });

  it('names the nearest known key, at any depth', () => {
    const value = edited(least, { policies: { allowPrometheusScraping: [{ form: {} }] } });
    const parsed = parseCluster(value);
    assert.ok(!parsed.ok);
    const finding = parsed.findings.find((f) => f.code === 'unknown-key');
    assert.equal(finding?.path, 'policies.allowPrometheusScraping[0].form');
    assert.equal(finding?.hint, 'Did you mean from?');
  });

  const one = least.nodes.one;
  const globalPolicy = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkPolicy',
    metadata: { name: 'allow-cluster-internal', namespace: 'default' },
    spec: {},
  };
  const wrong: [string, object, string][] = [
    ['an address that is none', { nodes: { one: { ...one, address: '10.0.0' } } }, 'bad-address at nodes.one.address'],
    [
      'an address with leading zeros',
      { nodes: { one: { ...one, address: '10.0.0.010' } } },
      'bad-address at nodes.one.address',
    ],
    ['a range that is none', { network: { pods: '10.0.0.0/33' } }, 'bad-range at network.pods'],
    ['a range with host bits', { network: { services: '10.233.1.0/18' } }, 'host-bits at network.services'],
    [
      'a capital in a node’s name',
      { nodes: { one, Two: { address: '10.0.0.2', roles: ['worker'] } } },
      'bad-name at nodes.Two',
    ],
    [
      'two control planes without an order',
      { nodes: { one, two: { ...one, address: '10.0.0.2' } } },
      'order-missing at kubespray.order',
    ],
    [
      'an order that leaves a member out',
      { kubespray: { order: ['two', 'two'] }, nodes: { one, two: { ...one, address: '10.0.0.2' } } },
      'order-wrong at kubespray.order',
    ],
    ['no etcd', { nodes: { one: { ...one, roles: ['control-plane', 'worker'] } } }, 'no-etcd at nodes'],
    ['no node', { nodes: {} }, 'no-control-plane at nodes'],
    [
      'a controller that is no node',
      { kubespray: { controller: 'onne' } },
      'unknown-controller at kubespray.controller',
    ],
    ['two sources', { kubespray: { source: { git: 'x', path: 'y' } } }, 'bad-source at kubespray.source'],
    [
      'a host key cut short',
      { nodes: { one: { ...one, ssh: { hostKey: 'ssh-ed25519 AAAA' } } } },
      'bad-host-key at nodes.one.ssh.hostKey',
    ],
    ['one host key for all', { ssh: { hostKey: `ssh-ed25519 ${'A'.repeat(68)}` } }, 'shared-host-key at ssh.hostKey'],
    [
      'both encapsulations',
      { network: { encapsulation: { ipip: 'always', vxlan: 'always' } } },
      'bad-encapsulation at network.encapsulation',
    ],
    ['an MTU in words', { network: { mtu: 'automatic' } }, 'wrong-type at network.mtu'],
    ['a port too far', { felix: { metrics: { port: 70000 } } }, 'out-of-range at felix.metrics.port'],
    ['a boolean as text', { network: { wireguard: 'false' } }, 'wrong-type at network.wireguard'],
    ['metrics off and scraped', { felix: { metrics: { enabled: false } } }, 'metrics-off at felix.metrics.enabled'],
    ['a namespace nobody makes', { policies: { allowDns: ['prod'] } }, 'undeclared-namespace at policies.allowDns[0]'],
    [
      'a variable Ansible cannot name',
      { kubespray: { extraVariables: { 'kubelet-max-pods': 1 } } },
      'bad-variable-name at kubespray.extraVariables.kubelet-max-pods',
    ],
    [
      'labels of a namespace that is made elsewhere',
      { policies: { namespaceLabels: { default: { team: 'shop' } } } },
      'undeclared-namespace at policies.namespaceLabels.default',
    ],
    ['a namespace twice', { policies: { namespaces: ['a', 'a'] } }, 'repeated at policies.namespaces[1]'],
    [
      'a namespace that is there anyway',
      { policies: { namespaces: ['kube-system'] } },
      'existing-namespace at policies.namespaces[0]',
    ],
    [
      'a global policy in a namespace',
      { policies: { extra: [globalPolicy] } },
      'needless-namespace at policies.extra[0].metadata.namespace',
    ],
    [
      'a policy under a name of ours',
      { policies: { allowClusterInternal: {}, extra: [globalPolicy] } },
      'repeated at policies.extra[0].metadata.name',
    ],
    ['a text where there is a map', { network: 'none' }, 'wrong-type at network'],
    ['a map where there is a list', { kubespray: { order: {} } }, 'wrong-type at kubespray.order'],
    ['no roles', { nodes: { one: { ...one, roles: [] } } }, 'out-of-range at nodes.one.roles'],
    ['an empty name', { kubespray: { version: '' } }, 'out-of-range at kubespray.version'],
    ['half a port', { ssh: { port: 22.5 } }, 'wrong-type at ssh.port'],
    [
      'text where there is a number',
      { policies: { allowClusterInternal: { order: 'x' } } },
      'wrong-type at policies.allowClusterInternal.order',
    ],
    ['a number where there is text', { kubespray: { version: 2.31 } }, 'wrong-type at kubespray.version'],
    ['an AS number too small', { network: { bgp: { as: 0 } } }, 'out-of-range at network.bgp.as'],
    ['a word that is far from all', { monitoring: 'xxxxxxxxxxxx' }, 'wrong-type at monitoring'],
    ['a very long word', { monitoring: 'x'.repeat(100) }, 'wrong-type at monitoring'],
    ['nothing', { name: null }, 'wrong-type at name'],
    ['a key far from all', { zzzzzzzzz: 1 }, 'unknown-key at zzzzzzzzz'],
    ['a later version', { apiVersion: 'calispray/v2' }, 'bad-value at apiVersion'],
  ];
  for (const [what, change, expected] of wrong) {
    it(`refuses ${what}`, () => {
      const found = mistakes(edited(least, change));
      assert.ok(found.includes(expected), `${expected} is not among: ${found.join('; ')}`);
    });
  }

  it('says what is wrong in words that a golden file keeps', () => {
    const said = wrong.flatMap(([, change]) => {
      const parsed = parseCluster(edited(least, change));
      return parsed.ok ? [] : parsed.findings.map(formatFinding);
    });
    assertGolden(join(import.meta.dirname, 'golden/shape.txt'), `${said.join('\n')}\n`);
  });

  it('never throws, and always has words for what is wrong', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...Object.keys(least)), (junk, key) => {
        for (const value of [junk, { ...least, [key]: junk }]) {
          const parsed = parseCluster(value);
          if (parsed.ok) continue;
          assert.ok(parsed.findings.length > 0);
          for (const finding of parsed.findings) assert.ok(finding.message !== '' && finding.hint !== '');
        }
      }),
      { numRuns: 500 },
    );
  });
});
