import assert from 'node:assert/strict';
import { declaredObjects } from '../../cluster/declared.ts';
import { expectationOf } from '../../cluster/expect.ts';
import type { Expectation } from '../../cluster/types.ts';
import { formatAddress } from '../../reachability/address.ts';
import { partsOf } from '../../reachability/expect/pool.ts';
import { witnessesOf } from '../../reachability/expect/witness.ts';
import {
  type Failure,
  judgeExpectations,
  keyOf,
  type Net,
  parseNet,
  parseSelector,
  type Resource,
} from '../../reachability/index.ts';
import { fields } from '../../reachability/raw.ts';
import { clusterOf, stackCluster, stacks } from '../support/stacks.ts';
import { calico, kubernetes, namespace, pod, resource } from './worlds.ts';

type Written = Parameters<typeof expectationOf>[0];

function node(name: string, address: string): Resource {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { addresses: [{ type: 'InternalIP', address }] },
  };
}

/** Without an address, on no node: as a stack declares it. */
function declared(id: string, labels: Record<string, string>, spec: object = {}): Resource {
  return pod(id, labels, { spec: { containers: [], ...spec }, status: {} });
}

const pool = resource('IPPool', 'pool', { cidr: '10.244.0.0/16' });
const closed = kubernetes('n/closed', { podSelector: {}, policyTypes: ['Ingress'] });
const nodes = [node('one', '192.168.4.61'), node('two', '192.168.4.62')];
const world = [namespace('n'), namespace('m'), pool, ...nodes, declared('n/web', { app: 'web' })];
const web = { namespace: 'n', pods: { app: 'web' } };

function judge(resources: readonly Resource[], ...written: object[]): Failure[] {
  return judgeExpectations(
    resources,
    written.map((one, i) => expectationOf(one as Written, i)),
  );
}

function only(failures: readonly Failure[]): Failure {
  const [first, ...others] = failures;
  assert.ok(first !== undefined && others.length === 0, `${failures.length} failures, not one`);
  return first;
}

function ingressOf({ mend }: Failure): unknown {
  return fields(mend?.object.spec).ingress;
}

describe('the expectations of the stacks of this repository', () => {
  for (const stack of stacks) {
    it(`${stack}: all hold`, () => {
      const cluster = clusterOf(stackCluster(stack));
      const resources = declaredObjects(cluster) as Resource[];
      assert.deepEqual(
        judgeExpectations(resources, cluster.expect, { calico: cluster.calico.version }).map(({ words }) => words),
        [],
      );
    });
  }

  it('fail where the stack dev takes the GlobalNetworkPolicy as the specification writes it', () => {
    const cluster = clusterOf(stackCluster('dev'));
    const spec = {
      order: 100,
      ingress: [{ action: 'Allow', source: { nets: ['10.244.0.0/16', '192.168.4.0/24'] } }],
      egress: [{ action: 'Allow' }],
    };
    // What denies by default does so at the end of the tier, so behind it the policy opens as much as before it.
    for (const order of [100, 2000]) {
      const global = calico('allow-cluster-internal', { ...spec, order });
      const failure = only(judgeExpectations([...(declaredObjects(cluster) as Resource[]), global], cluster.expect));
      assert.equal(failure.expectation.path, 'expect[1]');
      assert.match(failure.words, /^any pod of \w+ -> production\/my-app \(app=my-app\) tcp\/8080$/);
      assert.match(
        failure.decidedBy,
        /ingress allowed by ingress\[0\] of GlobalNetworkPolicy allow-cluster-internal: allow from 10\.244\.0\.0\/16, 192\.168\.4\.0\/24$/,
      );
      assert.equal(
        failure.mend?.summary,
        'leave the namespace production out of GlobalNetworkPolicy allow-cluster-internal, in its namespaceSelector',
      );
    }
  });
});

describe('an expectation', () => {
  it('that denies wants no source port to get through, one that allows an ephemeral one alone', () => {
    const dnsReplies = calico('n/replies', {
      order: 1,
      types: ['Ingress'],
      ingress: [{ action: 'Allow', protocol: 'UDP', source: { ports: [53] } }],
    });
    const high = calico('n/clients', {
      order: 2,
      types: ['Ingress'],
      ingress: [{ action: 'Allow', protocol: 'TCP', source: { ports: ['1024:65535'] } }],
    });
    const failure = only(judge([...world, closed, dnsReplies], { deny: { from: 'internet', to: web } }));
    assert.match(failure.decidedBy, /^ingress depends on the source port/);
    assert.deepEqual(judge([...world, closed, high], { allow: { from: 'internet', to: web, ports: [80] } }), []);
  });

  it('knows a pod on the network of its node as that node', () => {
    const exporter = declared('m/exporter', { app: 'exporter' }, { hostNetwork: true });
    const open = kubernetes('n/open', {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'exporter' } } }] }],
    });
    const from = { namespace: 'm', pods: { app: 'exporter' } };
    const failure = only(judge([...world, exporter, open], { allow: { from, to: web, ports: [80] } }));
    assert.equal(failure.words, 'm/exporter (app=exporter) on the network of one -> n/web (app=web) tcp/80');
    assert.equal(failure.connection?.src, 'm/exporter');
  });

  it('about ICMP is judged, and mended in a policy of Calico alone', () => {
    const own = calico('n/own', { order: 1, selector: "app == 'web'", types: ['Ingress'], ingress: [] });
    const failure = only(judge([...world, own], { allow: { from: { namespace: 'm' }, to: web, ports: ['icmp'] } }));
    assert.equal(failure.connection?.port, undefined);
    assert.equal(failure.mend?.object.kind, 'NetworkPolicy');
    assert.deepEqual(ingressOf(failure), [
      { action: 'Allow', protocol: 'ICMP', source: { namespaceSelector: "kubernetes.io/metadata.name == 'm'" } },
    ]);
  });

  it('about the own node hangs on the setting of Felix where a pod is the source', () => {
    const drop = resource('FelixConfiguration', 'default', { defaultEndpointToHostAction: 'Drop' });
    const to = { allow: { from: { namespace: 'n' }, to: 'own-node', ports: [22] } };
    assert.deepEqual(judge(world, to), []);
    assert.match(only(judge([...world, drop], to)).decidedBy, /FelixConfiguration default defaultEndpointToHostAction/);
    assert.deepEqual(
      judge(
        world.filter(({ kind }) => kind !== 'Node'),
        { allow: { from: 'own-node', to: web } },
      ),
      [],
    );
  });

  it('takes the tunnel of a node for another node, at the address it has or at any that it may have', () => {
    const tunnels = resource('IPPool', 'pool', { cidr: '10.244.0.0/16', vxlanMode: 'Always' });
    const pods = kubernetes('n/pods', {
      podSelector: {},
      ingress: [{ from: [{ ipBlock: { cidr: '10.244.0.0/16' } }] }],
    });
    const deny = { deny: { from: 'other-nodes', to: web } };
    assert.deepEqual(judge([...world, pods], deny), []);
    assert.match(only(judge([...world, pods, tunnels], deny)).words, /^the tunnel of a node/);
    const said: Resource = {
      ...node('one', '192.168.4.61'),
      metadata: { name: 'one', annotations: { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.244.9.1' } },
    };
    const others = world.filter(({ metadata }) => metadata.name !== 'one');
    assert.match(only(judge([...others, pods, tunnels, said], deny)).words, /^node one \(10\.244\.9\.1\)/);
  });

  it('about one address means who has it, or nobody', () => {
    const open = kubernetes('n/open', {
      podSelector: {},
      ingress: [{ from: [{ ipBlock: { cidr: '192.168.4.62/32' } }] }],
    });
    const of = (address: string) => ({ deny: { from: { address }, to: web } });
    assert.deepEqual(judge([...world, open], of('192.168.4.61')), []);
    assert.match(only(judge([...world, open], of('192.168.4.62'))).words, /^node two \(192\.168\.4\.62\) -> n\/web/);
    assert.match(only(judge([...world, open], of('10.244.3.4'))).words, /lies within the pods' ranges/);
  });

  it('names the ports of a workload by name, for a further pod of it too', () => {
    const named = declared(
      'n/web',
      { app: 'web' },
      { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8081 }] }] },
    );
    const open = kubernetes('n/open', { podSelector: {}, ingress: [{ ports: [{ port: 'http' }] }] });
    const resources = [...world.filter(({ kind }) => kind !== 'Pod'), named, open];
    assert.deepEqual(judge(resources, { allow: { from: 'anyone', to: web, ports: [8081] } }), []);
    assert.deepEqual(judge(resources, { deny: { from: 'anyone', to: web, ports: ['1-8080', '8082-65535'] } }), []);
    assert.equal(only(judge(resources, { deny: { from: 'anyone', to: web } })).connection?.port, 8081);
  });

  it('is judged for every address that a pod may be given', () => {
    const part = kubernetes('n/part', {
      podSelector: {},
      ingress: [{ from: [{ ipBlock: { cidr: '10.244.128.0/20' } }] }],
    });
    const from = { namespace: 'm' };
    assert.match(only(judge([...world, part], { deny: { from, to: web } })).words, /like 10\.244\.128\.0 -> n\/web/);
    assert.match(only(judge([...world, part], { allow: { from, to: web, ports: [80] } })).decidedBy, /end of tier/);
  });

  it('says who passed on what nobody denies then, and who denies in the words of a ClusterNetworkPolicy', () => {
    const pass = calico('pass', {
      order: 1,
      namespaceSelector: 'all()',
      types: ['Ingress'],
      ingress: [{ action: 'Pass' }],
    });
    const failure = only(judge([...world, closed, pass], { deny: { from: 'internet', to: web } }));
    assert.match(
      failure.decidedBy,
      /passed on by ingress\[0\] of GlobalNetworkPolicy pass, and no tier behind denies it$/,
    );
    assert.match(failure.mend?.summary ?? '', /^leave the namespace n out of GlobalNetworkPolicy pass/);
    const denying: Resource = {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'x' },
      spec: {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        ingress: [
          { action: 'Accept', from: [{ namespaces: { matchLabels: { team: 'a' } } }] },
          { action: 'Deny', from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 80 } } }] },
        ],
      },
    };
    const denied = only(judge([...world, denying], { allow: { from: { namespace: 'm' }, to: web, ports: [80] } }));
    assert.match(denied.decidedBy, /^ingress denied by ingress\[1\] of ClusterNetworkPolicy x: deny from/);
    assert.match(denied.mend?.summary ?? '', /^remove ingress\[1\] of ClusterNetworkPolicy x/);
  });

  it('counts the last of two pods with one name', () => {
    const other = declared('n/web', { app: 'other' });
    const open = kubernetes('n/open', { podSelector: { matchLabels: { app: 'other' } }, ingress: [{}] });
    const failure = only(
      judge([...world, other, closed, open], { deny: { from: 'internet', to: { namespace: 'n' } } }),
    );
    assert.match(failure.words, /n\/web \(app=other\)/);
  });
});

describe('a mend', () => {
  const allow = (port: number): object => ({ allow: { from: { namespace: 'm' }, to: web, ports: [port] } });
  const peer = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'm' } } };
  const policy = (...ports: number[]) =>
    kubernetes('n/web', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [peer], ports: ports.map((port) => ({ protocol: 'TCP', port })) }],
    });

  it('is a port of a rule rather than a rule, a rule rather than a policy', () => {
    assert.match(only(judge([...world, policy(80)], allow(81))).mend?.summary ?? '', /^add ports to ingress\[0\] of/);
    const from = { allow: { from: { namespace: 'n' }, to: web, ports: [81] } };
    assert.match(only(judge([...world, policy(80)], from)).mend?.summary ?? '', /^add a rule to ingress of/);
    assert.match(only(judge([...world, closed], allow(81))).mend?.summary ?? '', /^add NetworkPolicy n\/allow-from-m/);
  });

  it('says nothing where what it would change is held by another', () => {
    const both = judge(
      [...world, policy(80, 81)],
      { deny: { from: { namespace: 'm' }, to: web, ports: [81] } },
      allow(80),
    );
    assert.match(only(both).mend?.summary ?? '', /expect\[1\]/);
    assert.deepEqual(ingressOf(only(both)), [{ from: [peer], ports: [{ protocol: 'TCP', port: 80 }] }]);
  });

  it('is not looked for where that is not asked', () => {
    const [failure] = judgeExpectations([...world, closed], [expectationOf(allow(80) as Written, 0)], { mend: false });
    assert.ok(failure !== undefined && failure.mend === undefined);
  });
});

describe('what is made up', () => {
  const selector = (text: string) => {
    const parsed = parseSelector(text);
    assert.ok(parsed.ok);
    return parsed.node;
  };

  it('meets the selector, one pod for each way to meet it, and none where there is none', () => {
    const labels = (text: string) => witnessesOf(selector(text), { kind: 'pods' }).map((one) => one.labels);
    assert.deepEqual(labels("app == 'a' && has(b)"), [{ app: 'a', b: 'any' }]);
    assert.deepEqual(labels("app in {'a', 'b'} && app != 'a'"), [{ app: 'b' }]);
    assert.deepEqual(labels("app == 'a' || role starts with 'x'"), [{ app: 'a' }, { role: 'x' }]);
    assert.deepEqual(labels("app == 'a' && app == 'b'"), []);
    assert.deepEqual(labels("app == 'a' && !has(app)"), []);
  });

  it('is of the namespace and the labels that are asked for, or not at all', () => {
    const among: Expectation['from'] & { kind: 'pods' } = { kind: 'pods', namespace: 'n', pods: { app: 'a' } };
    assert.deepEqual(witnessesOf(selector("projectcalico.org/namespace == 'm'"), among), []);
    assert.deepEqual(witnessesOf(selector("app == 'b'"), among), []);
    assert.deepEqual(witnessesOf(selector("pcns.team == 'red' && projectcalico.org/serviceaccount == 's'"), among), [
      { namespace: 'n', namespaceLabels: { team: 'red' }, labels: { app: 'a' }, serviceAccount: 's' },
    ]);
  });

  it('has an address of each part of a pool that nets tell apart, of which one is free', () => {
    const net = (text: string) => parseNet(text) as Net;
    const parts = (cuts: string[], taken: string[] = []) =>
      partsOf(net('10.0.0.0/29'), cuts.map(net), new Set(taken.map((one) => keyOf(net(`${one}/32`))))).map(
        formatAddress,
      );
    assert.deepEqual(parts([]), ['10.0.0.0']);
    assert.deepEqual(parts(['10.0.0.4/30', '10.0.0.5/32', '0.0.0.0/0', '11.0.0.0/8']).sort(), [
      '10.0.0.0',
      '10.0.0.4',
      '10.0.0.5',
    ]);
    assert.deepEqual(parts(['10.0.0.0/32'], ['10.0.0.0']), ['10.0.0.1']);
    assert.deepEqual(parts(['10.0.0.0/30'], ['10.0.0.0', '10.0.0.1']), ['10.0.0.2', '10.0.0.4']);
  });
});
