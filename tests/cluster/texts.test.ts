import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Finding, formatFinding, parseCluster } from '../../cluster/index.ts';
import { assertGolden } from '../support/golden.ts';

/** What is found in a cluster with that value at that path. */
function findingsOf(path: string, value: unknown): readonly Finding[] {
  const root: Record<string, unknown> = {
    apiVersion: 'calispray/v1',
    name: 'texts',
    nodes: { one: { address: '10.0.0.1', roles: ['control-plane', 'etcd', 'worker'] } },
    network: { nodes: '10.0.0.0/24', encapsulation: 'none' },
  };
  const keys = path.split('.');
  const last = keys.pop() as string;
  let at = root;
  for (const key of keys) {
    at[key] = { ...(at[key] as object) };
    at = at[key] as Record<string, unknown>;
  }
  at[last] = value;
  const parsed = parseCluster(root);
  return parsed.ok ? [] : parsed.findings;
}

function codes(path: string, value: unknown): string[] {
  return findingsOf(path, value).map((finding) => finding.code);
}

/** Texts of one grammar: those that are of it, and those that are not. */
const grammars: Record<string, { path: string; code: string; good: unknown[]; bad: unknown[] }> = {
  'names of labels': {
    path: 'nodes.one.labels',
    code: 'bad-label',
    good: [{ a: 'b' }, { 'example.com/disk_type.2': 'x' }, { 'a-b.c/D': '' }, { [`x/${'a'.repeat(63)}`]: '' }],
    bad: [
      { '': 'b' },
      { '-a': 'b' },
      { 'a/b/c': 'x' },
      { 'Upper.case/a': 'x' },
      { 'a b': '' },
      { ['a'.repeat(64)]: '' },
    ],
  },
  'values of labels': {
    path: 'nodes.one.labels',
    code: 'bad-label',
    good: [{ a: '' }, { a: 'a-b_c.d' }, { a: '1' }, { a: 'a'.repeat(63) }],
    bad: [{ a: 'b c' }, { a: '-b' }, { a: 'b.' }, { a: 'b/c' }, { a: 'a'.repeat(64) }],
  },
  taints: {
    path: 'nodes.one.taints',
    code: 'bad-taint',
    good: [['a=b:NoSchedule'], ['a:NoExecute'], ['a=:PreferNoSchedule'], ['example.com/a=1:NoSchedule']],
    bad: [['a=b'], ['a=b:noschedule'], ['=b:NoSchedule'], ['a=b=c:NoSchedule'], ['a=b:NoSchedule:x'], ['']],
  },
  quantities: {
    path: 'calico.node.resources',
    code: 'bad-quantity',
    good: [
      { cpuLimit: '0' },
      { cpuRequest: '1.5' },
      { cpuRequest: '150m' },
      { memoryLimit: '64Mi' },
      { memoryLimit: '1e9' },
    ],
    bad: [
      { cpuLimit: '' },
      { cpuLimit: '-1' },
      { cpuRequest: '150 m' },
      { memoryLimit: '64MB' },
      { memoryLimit: 'Mi' },
    ],
  },
  durations: {
    path: 'felix.reportingInterval',
    code: 'bad-duration',
    good: ['0s', '30s', '1m30s', '1.5h', '500ms'],
    bad: ['', '30', '30 s', '-30s', '1d', 's'],
  },
  'versions with a v': {
    path: 'calico.version',
    code: 'leading-v',
    good: ['3.31.5'],
    bad: ['v3.31.5', 'V3.31.5'],
  },
  versions: {
    path: 'kubernetes.version',
    code: 'bad-version',
    good: ['1.35.4'],
    bad: ['1.35', '', '1.35.4-rc.1', 'vv1.35.4', '1v.35.4'],
  },
  'node selectors': {
    path: 'calico.node.nodeSelector',
    code: 'bad-node-selector',
    good: ['kubernetes.io/os: linux', 'disk: "true"', "disk: '1'", 'a: trueish', 'a: nottrue', 'a: b2'],
    bad: [
      'disk: true',
      'disk: 1',
      'disk: 1.5',
      'disk: 0x1f',
      'disk: off',
      'disk',
      'disk:ssd',
      'disk: ',
      'a: b\nc: d',
      'a: "b',
      'a: b c',
      'a: "b c"',
      "a: '-b'",
      '/a: b',
    ],
  },
  'operating systems': {
    path: 'nodes.one.os',
    code: 'bad-os',
    good: ['debian-12', 'rocky-9.5', 'opensuse-leap-15.6', 'arch', 'amzn-2023'],
    bad: ['Debian-12', 'debian 12', '', '12', 'debian-'],
  },
  'environment variables': {
    path: 'calico.node.environment',
    code: 'bad-variable-name',
    good: [{ FELIX_A1: 'x y: z, [1]' }, { _a: '' }],
    bad: [{ '1A': 'x' }, { 'A-B': 'x' }, { '': 'x' }],
  },
  'values of environment variables': {
    path: 'calico.node.environment',
    code: 'bad-value',
    good: [{ A: "it's" }],
    bad: [{ A: 'a"b' }, { A: 'a\\b' }, { A: 'a\nb' }],
  },
  'features of Felix': {
    path: 'felix.featureDetectOverride',
    code: 'bad-value',
    good: [{ ChecksumOffloadBroken: 'true' }],
    bad: [{ 'a,b': 'true' }, { 'a=b': 'true' }, { '': 'true' }],
  },
  'log files': {
    path: 'calico.cni.logFile',
    code: 'bad-path',
    good: ['none', '/var/log/cni.log'],
    bad: ['cni.log', '', '/var/log/my cni.log', '/a"b', 'var/log'],
  },
  'regular expressions': {
    path: 'network.autodetection',
    code: 'bad-value',
    good: [{ interface: '^(eth|ens).*' }, { canReach: 'example.com' }],
    bad: [{ interface: '' }, { interface: 'eth0 eth1' }, { skipInterface: 'a"' }, { canReach: 'a\\b' }],
  },
  'IPv6 addresses': {
    path: 'nodes.one.address6',
    code: 'bad-address',
    // One that is right is not wanted in a cluster of one stack.
    good: [],
    bad: ['10.0.0.1', 'fd00::1::2', 'fd00::1%eth0', '::ffff:10.0.0.1', 'fd00::/64', ''],
  },
  'ranges of IPv6': {
    path: 'network.ipv6.nodes',
    code: 'bad-range',
    good: [],
    bad: ['fd00::', 'fd00::/129', 'fd00::/-1', '10.0.0.0/24', 'fd00::/6 4', 'fd00::/64/64'],
  },
  'ranges of IPv6 with host bits': {
    path: 'network.ipv6.pods',
    code: 'host-bits',
    good: [],
    bad: ['fd00::1/64', 'fd85:ee78:d8a6:8607::1:1/112'],
  },
  'addresses of peers': {
    path: 'network.bgp',
    code: 'bad-address',
    good: [{ topology: 'routers', peers: [{ address: '10.0.0.9', as: 1 }] }],
    bad: [{ peers: [{ address: 'router', as: 1 }] }, { peers: [{ address: '10.0.0.0/24', as: 1 }] }],
  },
  'ranges that peers learn': {
    path: 'network.bgp.advertise',
    code: 'host-bits',
    good: [{ externalIps: ['203.0.113.0/24', 'fd00:1::/64'] }],
    bad: [{ externalIps: ['203.0.113.1/24'] }, { loadBalancerIps: ['fd00:1::1/64'] }],
  },
  datastores: {
    path: 'calico.datastore',
    code: 'bad-value',
    good: ['kdd', 'etcd'],
    bad: ['kubernetes', 'KDD', 'constructor'],
  },
};

describe('texts with a grammar', () => {
  for (const [what, { path, code, good, bad }] of Object.entries(grammars)) {
    it(`are checked: ${what}`, () => {
      for (const value of good) assert.deepEqual(codes(path, value), [], JSON.stringify(value));
      for (const value of bad)
        assert.ok(codes(path, value).includes(code), JSON.stringify([value, codes(path, value)]));
    });
  }

  it('are refused in words that a golden file keeps', () => {
    const said = Object.values(grammars).flatMap(({ path, code, bad }) =>
      bad.flatMap((value) =>
        findingsOf(path, value)
          .filter((finding) => finding.code === code)
          .map(formatFinding),
      ),
    );
    assertGolden(join(import.meta.dirname, 'golden/texts.txt'), `${said.join('\n')}\n`);
  });

  it('of others are known by their names: kubernetes is kdd, master is control-plane', () => {
    for (const [field, other, ours] of [
      ['datastore', 'kubernetes', 'kdd'],
      ['datastore', 'etcdv3', 'etcd'],
    ]) {
      const parsed = parseCluster({ calico: { [field as string]: other } });
      assert.ok(!parsed.ok);
      const found = parsed.findings.find((finding) => finding.path === `calico.${field}`);
      assert.equal(found?.hint, `Did you mean ${ours}? (kdd, etcd)`);
    }
    const parsed = parseCluster({ nodes: { one: { roles: ['master'] } } });
    assert.ok(!parsed.ok);
    const found = parsed.findings.find((finding) => finding.path === 'nodes.one.roles[0]');
    assert.match(found?.hint ?? '', /^Did you mean control-plane\?/);
  });

  it('say a version without its v', () => {
    const parsed = parseCluster({ calico: { version: 'v3.31.5' } });
    assert.ok(!parsed.ok);
    assert.equal(parsed.findings.find((f) => f.code === 'leading-v')?.hint, 'Write 3.31.5, without v.');
  });

  it('say a range without its host bits', () => {
    const parsed = parseCluster({ network: { ipv6: { pods: 'FD00:0::1/64' } } });
    assert.ok(!parsed.ok);
    assert.equal(parsed.findings.find((f) => f.code === 'host-bits')?.hint, 'Write fd00::/64.');
  });
});
