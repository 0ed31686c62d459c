import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scrubbed } from '../../../kubespray/doctor/scrub.ts';
import { declaredForDump } from '../../../kubespray/doctor/scrub-declared.ts';
import { clusterOf, stackCluster, stacks } from '../../support/stacks.ts';
import { planted } from './support/planted.ts';

describe('taking secrets out of what the doctor was told', () => {
  for (const [kind, [text, secret]] of Object.entries(planted)) {
    it(`finds a ${kind}, wherever it stands`, () => {
      assert.ok(text.includes(secret));
      const places = { log: [`before ${text} after`], deep: { notes: { a: [{ b: text }] } }, [`key ${text}`]: 1 };
      const { value, removed } = scrubbed(places);
      assert.ok(!JSON.stringify(value).includes(secret), JSON.stringify(value));
      assert.ok(Object.keys(removed).length > 0);
      assert.match(value.log[0] ?? '', /^before [\s\S]*\[removed\]/);
    });
  }

  it('takes fields that are named so, whatever is in them, and leaves references to Secrets', () => {
    const { value, removed } = scrubbed({
      spec: {
        password: { secretKeyRef: { name: 'bgp', key: 'password' } },
        token: 'short',
        apiKey: 7,
        secretName: 'tls',
        tokenEnabled: true,
      },
    });
    assert.deepEqual(value, {
      spec: {
        password: { secretKeyRef: { name: 'bgp', key: 'password' } },
        token: '[removed]',
        apiKey: '[removed]',
        secretName: 'tls',
        tokenEnabled: true,
      },
    });
    assert.deepEqual(removed, { field: 2 });
  });

  it('takes what is known to be secret, the longer before what is in it', () => {
    const { value, removed } = scrubbed(
      ['correct horse and correct horse battery'],
      ['correct horse', 'correct horse battery', 'and'],
    );
    assert.deepEqual(value, ['[removed] and [removed]']);
    assert.deepEqual(removed, { 'known secret': 2 });
  });

  it('leaves what the doctor judges by', () => {
    const evidence = {
      handle: `k8s-pod-network.${'0123456789abcdef'.repeat(4)}`,
      route: '10.244.0.64/26 via 192.168.4.62 dev vxlan.calico onlink proto 80',
      drop: 'nft inet filter input: ip saddr 192.168.4.0/24 tcp dport 179 drop',
      bird: 'Mesh_192_168_4_61 BGP        master   up     10:00:02    Established',
      log: '2026-11-23 20:00:00.123 [WARNING][71] felix/int_dataplane.go 1587: Configured MTU is larger than detected host interface MTU',
      path: '/etc/NetworkManager/conf.d/calico.conf',
      url: 'https://192.168.4.63:6443',
      address: 'fd00:10:244:ffff:ffff:ffff:ffff:ffff/122',
      said: 'x509: certificate signed by unknown authority',
      unknown: 'homelab does not let root in with /root/.ssh/id_ed25519',
    };
    assert.deepEqual(scrubbed(evidence), { value: evidence, removed: {} });
  });

  it('keeps that a node has a public key of WireGuard, not which', () => {
    const key = 'projectcalico.org/WireguardPublicKey';
    const { value, removed } = scrubbed({ [key]: 'jRz3TFbA0nQh1k1T9kF1kqBR9h8dY9yKxVJm1bQ4s0k=', other: '' });
    assert.deepEqual([value, removed], [{ [key]: '[a public key]', other: '' }, {}]);
  });

  it('is done once: a second time finds nothing', () => {
    const parts = fc.constantFrom(
      ...Object.values(planted).map(([text]) => text),
      'plain',
      ' ',
      '\n',
      '"',
      ':',
      '10.0.0.1',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), (some) => {
        const once = scrubbed({ a: some.join(' ') }).value;
        assert.deepEqual(scrubbed(once).value, once);
      }),
    );
  });
});

describe('the declared cluster in a dump', () => {
  for (const stack of stacks) {
    it(`is ${stack} as it is judged, without the way to its hosts`, () => {
      const raw = stackCluster(stack);
      const { value } = scrubbed(declaredForDump(raw));
      const [mine, other] = [clusterOf(raw), clusterOf(value)];
      const judged = ({ nodes, kubespray, ...rest }: typeof mine) => ({
        ...rest,
        nodes: nodes.map(({ ssh, ...node }) => ({ ...node, user: ssh.user, port: ssh.port, become: ssh.become })),
        kubespray: { ...kubespray, extraVariables: Object.keys(kubespray.extraVariables) },
      });
      assert.deepEqual(judged(other), judged(mine));
      assert.ok(!/hostKey|knownHosts|id_ed25519|ssh-ed25519/.test(JSON.stringify(value)));
    });
  }

  it('keeps of variables without a field what cannot be a secret', () => {
    const extraVariables = {
      ...{
        kubelet_fail_cgroup_v1: false,
        kube_proxy_mode: 'ipvs',
        etcd_version: '3.5.1',
        dns: ['10.0.0.1', 'correct horse'],
      },
      ...{ registry_user: 'Robot$1', nested: { vault: 'Tr0ub4dor&3', count: 4 } },
    };
    const value = declaredForDump({
      kubespray: { version: 'v2.31.0', extraVariables },
      policies: { manifests: ['a.yaml'], allowDns: ['a'] },
    });
    assert.deepEqual(value, {
      kubespray: {
        version: 'v2.31.0',
        extraVariables: {
          ...{
            kubelet_fail_cgroup_v1: false,
            kube_proxy_mode: 'ipvs',
            etcd_version: '3.5.1',
            dns: ['10.0.0.1', '[removed]'],
          },
          ...{ registry_user: '[removed]', nested: { vault: '[removed]', count: 4 } },
        },
      },
      policies: { allowDns: ['a'] },
    });
  });

  it('takes what is no cluster as it comes', () => {
    for (const value of [undefined, null, 'x', [], { nodes: 'x', ssh: 1, kubespray: [], policies: 2 }])
      assert.doesNotThrow(() => declaredForDump(value));
  });
});
