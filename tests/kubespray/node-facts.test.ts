import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Cluster, Node } from '../../cluster/index.ts';
import { judgeNodeFacts, type NodeFacts } from '../../kubespray/index.ts';
import { fitNode } from '../support/declared.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

const dev = clusterOf(stackCluster('dev'));
const now = 1_700_000_000_000;

/** A node that has all it needs. */
const good: NodeFacts = { ...fitNode, time: now };

function codes(facts: Partial<NodeFacts>, name = 'masternode', cluster: Cluster = dev): string[] {
  const node = cluster.nodes.find((n) => n.name === name) as Node;
  return judgeNodeFacts(node, cluster, { ...good, ...facts }, now).map((f) => `${f.class} ${f.code}`);
}

/** The declared cluster with something said otherwise. */
const changed = (change: object): Cluster => clusterOf(edited(stackCluster('dev'), change));
const extra = (extraVariables: object) => changed({ kubespray: { extraVariables } });
const dual = changed({
  nodes: {
    masternode: { address: '192.168.4.63', address6: 'fd00::63', roles: ['control-plane', 'etcd', 'worker'] },
    homelab: { address: '192.168.4.62', address6: 'fd00::62', roles: ['worker'] },
  },
  network: {
    encapsulation: 'none',
    mtu: 'auto',
    ipv6: {
      encapsulation: 'none',
      nodes: 'fd00::/64',
      pods: 'fd10::/56',
      services: 'fd20::/112',
      pool: { blockSize: 122 },
    },
  },
});
const wireguard = changed({ network: { wireguard: true, mtu: 'auto' } });
const withOs = (os: string, network: object = {}) =>
  changed({
    nodes: { masternode: { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'], os } },
    network,
  });

describe('judgeNodeFacts', () => {
  it('finds nothing on a good node', () => assert.deepEqual(codes({}), []));
  it('finds nothing in the answer to an older Calispray, which knew less', () => {
    const {
      architecture,
      kernel,
      cgroup,
      nameservers,
      ipv6,
      modules,
      wireguardTools,
      firewall,
      interface6,
      peers,
      ...older
    } = good;
    const node = dev.nodes[0] as Node;
    assert.deepEqual(judgeNodeFacts(node, dev, older, now), []);
  });

  const cases: Readonly<Record<string, readonly [string, Partial<NodeFacts>, string[], Cluster?][]>> = {
    system: [
      ['an unknown system', { os: 'nixos' }, ['refused node-os']],
      ['one that the stack allows', { os: 'nixos' }, [], extra({ allow_unsupported_distribution_setup: true })],
      ['one where the asserts are off', { os: 'nixos' }, ['advice node-os'], extra({ ignore_assert_errors: true })],
      ['no systemd', { systemd: false }, ['refused node-systemd']],
      ['a machine of ARM64', { architecture: 'aarch64' }, []],
      ['a machine that has no kubelet', { architecture: 'riscv64' }, ['refused node-architecture']],
      ['no cgroups', { cgroup: null }, ['refused node-cgroup']],
      ['cgroups of version 1', { cgroup: 'tmpfs' }, ['refused node-cgroup-v1']],
      ['cgroups of version 1, borne', { cgroup: 'tmpfs' }, [], extra({ kubelet_fail_cgroup_v1: false })],
      [
        'cgroups of version 1 under an older kubelet',
        { cgroup: 'tmpfs' },
        [],
        changed({ kubernetes: { version: '1.34.7' } }),
      ],
      ['too little memory for a control plane', { memoryMiB: 1499 }, ['refused node-memory']],
      [
        'less than the stack asks for',
        { memoryMiB: 1999 },
        ['refused node-memory'],
        extra({ minimal_node_memory_mb: 2000 }),
      ],
      ['enough for a stack that asks for less', { memoryMiB: 1200 }, [], extra({ minimal_master_memory_mb: '1200' })],
      ['what only Ansible can tell', { memoryMiB: 1200 }, [], extra({ minimal_master_memory_mb: '{{ needed }}' })],
      ['Flatcar', { os: 'flatcar' }, []],
      [
        'Flatcar and one download for all',
        { os: 'flatcar' },
        ['refused node-flatcar-download'],
        extra({ download_run_once: true }),
      ],
      ['an old Python', { python: '3.7.3' }, ['refused node-python']],
      ['Python 3.10, which is later than 3.8', { python: '3.10.0' }, []],
      [
        'no Python, and nothing else to go by',
        { python: null, interface: null, interfaceMtu: null, time: null },
        ['refused node-python'],
      ],
      ['a clock 5 s off', { time: now + 5000 }, []],
      ['a clock 6 s behind', { time: now - 6000 }, ['refused node-clock']],
      ['the declared system, to the point', { osVersion: '12' }, [], withOs('debian-12')],
      ['the declared system, in a later point release', { os: 'rocky', osVersion: '9.4' }, [], withOs('rocky-9')],
      ['another system than the declared', { osVersion: '13' }, ['advice node-os-declared'], withOs('debian-12')],
      [
        'another one, which decides the packages of WireGuard',
        { os: 'rocky', osVersion: '10.1' },
        ['harmful node-os-declared'],
        withOs('debian-12', { wireguard: true, mtu: 'auto' }),
      ],
      [
        'no declared system, and the wrong packages',
        { os: 'rocky', osVersion: '10.1' },
        ['refused node-os-declared'],
        wireguard,
      ],
      ['no declared system, and the right packages', {}, [], wireguard],
    ],
    privileges: [
      ['neither root nor sudo', { root: false }, ['refused node-privileges'], changed({ ssh: { user: 'ops' } })],
      ['a user with sudo', { root: false, sudo: true }, [], changed({ ssh: { user: 'ops' } })],
      [
        'a user with sudo who shall not use it',
        { root: false, sudo: true },
        ['refused node-privileges'],
        changed({ ssh: { user: 'ops', become: false } }),
      ],
      ['root', { root: true, sudo: false }, []],
      [
        'root without the sudo that is asked for',
        { root: true, sudo: false },
        ['refused node-privileges'],
        changed({ ssh: { become: true } }),
      ],
    ],
    kernel: [
      ['an old kernel', { kernel: '5.4.0-100-generic' }, ['advice node-kernel']],
      ['an old number on Red Hat, known to work', { os: 'rocky', kernel: '4.18.0-553.el8_10.x86_64' }, []],
      [
        'a kernel that kube-proxy cannot use',
        { kernel: '5.12.19' },
        ['refused node-kernel'],
        changed({ kubernetes: { proxy: 'nftables' } }),
      ],
      ['one that it can', { kernel: '5.13.0' }, [], changed({ kubernetes: { proxy: 'nftables' } })],
      [
        'one that the nftables dataplane cannot use',
        { kernel: '5.12.0' },
        ['refused node-kernel', 'harmful node-kernel'],
        changed({ kubernetes: { proxy: 'nftables' }, network: { dataplane: 'nftables' } }),
      ],
      [
        'one that eBPF cannot use',
        { kernel: '5.2.9' },
        ['harmful node-kernel'],
        changed({ network: { dataplane: 'ebpf' } }),
      ],
      [
        'one that eBPF can just use',
        { kernel: '5.10.0' },
        ['advice node-kernel'],
        changed({ network: { dataplane: 'ebpf' } }),
      ],
      [
        'a backport that is too early',
        { os: 'rhel', kernel: '4.18.0-147.el8' },
        ['harmful node-kernel'],
        changed({ network: { dataplane: 'ebpf' } }),
      ],
      [
        'a backport that is enough',
        { os: 'rhel', kernel: '4.18.0-193.el8' },
        [],
        changed({ network: { dataplane: 'ebpf' } }),
      ],
      ['a kernel without IPIP', { modules: { ipip: 'absent' } }, ['harmful node-kernel-module']],
      ['a kernel that does not say', { modules: { ipip: 'unknown' } }, []],
      ['a kernel without what nobody needs', { modules: { vxlan: 'absent', wireguard: 'absent' } }, []],
      ['no IPVS', { modules: { ip_vs: 'absent' } }, ['refused node-kernel-module']],
      [
        'no nf_tables',
        { modules: { nf_tables: 'absent', ip_vs: 'absent' } },
        ['refused node-kernel-module'],
        changed({ kubernetes: { proxy: 'nftables' } }),
      ],
      ['no dummy for the DNS cache', { modules: { dummy: 'absent' } }, ['refused node-kernel-module']],
      ['no WireGuard', { modules: { wireguard: 'absent' } }, ['harmful node-kernel-module'], wireguard],
      ['no package of WireGuard', { wireguardTools: 'missing' }, ['refused node-wireguard-tools'], wireguard],
    ],
    network: [
      ['an address it does not have', { interface: null, interfaceMtu: null }, ['refused node-address']],
      ['a smaller MTU', { interfaceMtu: 1400 }, ['harmful node-mtu']],
      ['a larger MTU', { interfaceMtu: 9000 }, ['advice node-mtu']],
      ['no nameserver', { nameservers: [] }, ['refused node-nameserver']],
      ['no nameserver, and none needed', { nameservers: [] }, [], extra({ upstream_dns_servers: ['9.9.9.9'] })],
      ['no nameserver, and no CoreDNS', { nameservers: [] }, [], extra({ dns_mode: 'none' })],
      ['a firewall', { firewall: 'firewalld' }, ['advice node-firewall']],
      ['IPv6 switched off where nobody needs it', { ipv6: false, interface6: null }, []],
      ['IPv6 switched off', { ipv6: false, interface6: null }, ['refused node-ipv6-off'], dual],
      ['an IPv6 address it does not have', { interface6: null }, ['refused node-address'], dual],
      ['both addresses', { interface6: 'eth0' }, [], dual],
    ],
    ports: [
      ['a port taken', { ports: [{ port: 6443, protocol: 'tcp', process: 'java' }] }, ['refused node-port']],
      [
        'a port taken by nobody knows whom',
        { ports: [{ port: 2379, protocol: 'tcp', process: null }] },
        ['refused node-port'],
      ],
      [
        'our own processes of an earlier run',
        {
          ports: [
            { port: 6443, protocol: 'tcp', process: 'kube-apiserver' },
            { port: 2379, protocol: 'tcp', process: 'etcd' },
            { port: 2380, protocol: 'tcp', process: 'etcd' },
            { port: 10250, protocol: 'tcp', process: 'kubelet' },
            { port: 10256, protocol: 'tcp', process: 'kube-proxy' },
            { port: 10257, protocol: 'tcp', process: 'kube-controller' },
            { port: 179, protocol: 'tcp', process: 'bird' },
            { port: 9091, protocol: 'tcp', process: 'calico-node' },
          ],
        },
        [],
      ],
      ['a port that this cluster does not need', { ports: [{ port: 4789, protocol: 'udp', process: 'other' }] }, []],
      [
        'a port of WireGuard, held by the kernel',
        { ports: [{ port: 51820, protocol: 'udp', process: null }] },
        [],
        wireguard,
      ],
      [
        'a port of WireGuard, held by another',
        { ports: [{ port: 51820, protocol: 'udp', process: 'vpn' }] },
        ['refused node-port'],
        wireguard,
      ],
    ],
  };
  for (const [group, each] of Object.entries(cases)) {
    describe(group, () => {
      for (const [what, facts, expected, cluster] of each)
        it(what, () => assert.deepEqual(codes(facts, 'masternode', cluster), expected));
    });
  }

  it('asks of a worker what a worker needs', () => {
    assert.deepEqual(codes({ memoryMiB: 1024, ports: [{ port: 2379, protocol: 'tcp', process: 'x' }] }, 'homelab'), []);
    assert.deepEqual(codes({ memoryMiB: 1023 }, 'homelab'), ['refused node-memory']);
    const proxy = (process: string) => codes({ ports: [{ port: 6443, protocol: 'tcp', process }] }, 'homelab');
    assert.deepEqual([proxy('nginx'), proxy('java')], [[], ['refused node-port']]);
  });

  it('asks for the VXLAN port where VXLAN is', () => {
    const vxlan = changed({ network: { encapsulation: { vxlan: 'always' }, mtu: 'auto' } });
    const taken = (process: string) => codes({ ports: [{ port: 4789, protocol: 'udp', process }] }, 'homelab', vxlan);
    assert.deepEqual(taken('vxlan.calico'), []);
    assert.deepEqual(taken('vx-docker'), ['refused node-port']);
  });

  describe('other nodes', () => {
    const peer = (ssh: boolean, reached: boolean) => ({ peers: [{ address: '192.168.4.62', ssh, reached }] });
    const judged = (name: string, facts: Partial<NodeFacts>, silent: string[] = []) =>
      judgeNodeFacts(dev.nodes.find((n) => n.name === name) as Node, dev, { ...good, ...facts }, now, new Set(silent));

    it('that answer nobody are named with their address', () => {
      const [finding, ...more] = judged('storagenodet3500', peer(false, false));
      assert.deepEqual([finding?.code, finding?.class, more.length], ['node-peer-unreachable', 'harmful', 0]);
      assert.equal(finding?.path, 'nodes.homelab.address');
      assert.match(finding?.message ?? '', /^storagenodet3500 gets no answer from homelab at 192\.168\.4\.62$/);
      assert.equal(judged('masternode', peer(false, false))[0]?.class, 'refused');
    });
    it('that the workstation cannot reach either are not named again', () =>
      assert.deepEqual(judged('storagenodet3500', peer(false, false), ['homelab']), []));
    it('need an open sshd for the one that runs Ansible alone', () => {
      assert.deepEqual(judged('storagenodet3500', peer(false, true)), []);
      assert.deepEqual(
        judged('masternode', peer(false, true)).map((f) => [f.code, f.path]),
        [['node-peer-ssh', 'nodes.homelab.ssh.port']],
      );
      assert.deepEqual(judged('masternode', peer(true, true)), []);
    });
  });

  it('gives every finding a way out, and a line in docs/nodes.md', () => {
    const seen = new Set(['node-peer-unreachable', 'node-peer-ssh']);
    for (const [what, facts, expected, cluster = dev] of Object.values(cases).flat()) {
      const found = judgeNodeFacts(cluster.nodes[0] as Node, cluster, { ...good, ...facts }, now);
      assert.equal(found.length, expected.length, what);
      for (const finding of found) {
        assert.ok(finding.message.startsWith('masternode ') && finding.hint, what);
        seen.add(finding.code);
      }
    }
    const docs = readFileSync(new URL('../../docs/nodes.md', import.meta.url), 'utf8');
    const told = [...(docs.split('## What a node is asked')[1] ?? '').matchAll(/^\| `(node-[a-z0-9-]+)`/gm)];
    assert.deepEqual(told.map(([, code]) => code).sort(), [...seen].sort());
  });
});
