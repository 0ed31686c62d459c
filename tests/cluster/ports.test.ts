import assert from 'node:assert/strict';
import fc from 'fast-check';
import { derivePorts, type Port } from '../../cluster/index.ts';
import { dualStack, network } from '../support/networks.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

/** The lab, without what it declares of its own beside nodes and ranges. */
const lab = edited(stackCluster('lab'), {
  network: { encapsulation: 'none' },
  monitoring: 'none',
  felix: { metrics: { enabled: false } },
});
/** Derived, and each found to say where it is written, and to have nodes unless somebody outside listens. */
function portsOf(value: object): readonly Port[] {
  const cluster = clusterOf(value);
  const ports = derivePorts(cluster);
  const names = cluster.nodes.map((node) => node.name);
  for (const port of ports) {
    assert.match(port.reference, /^(https:\/\/(docs\.tigera\.io|kubernetes\.io)\/|kubespray v2\.31\.0 )/);
    assert.deepEqual(
      port.nodes.filter((node) => !names.includes(node)),
      [],
      port.what,
    );
    const outside = /^(the jump host|\d+\.)/.test(port.on);
    assert.equal(port.nodes.length === 0, outside, port.on);
  }
  return ports;
}

const withNetwork = (change: object) => portsOf(edited(lab, { network: change }));
const line = ({ protocol, port, on, from }: Port) => `${protocol} ${port} on ${on} from ${from.join(' and ')}`;
const named = (ports: readonly Port[], what: string) => ports.filter((port) => port.what === what).map(line);
const whats = (ports: readonly Port[]) => new Set(ports.map((port) => port.what));

/** A value of `lab` with other nodes: name, roles, and what else is said. */
function withNodes(nodes: Record<string, { roles: string[] } & Record<string, unknown>>, change: object = {}) {
  const members = Object.entries(nodes).filter(
    ([, { roles }]) => roles.includes('control-plane') || roles.includes('etcd'),
  );
  return {
    ...edited(lab, change),
    kubespray: { version: 'v2.31.0', order: members.map(([name]) => name) },
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, node], i) => [name, { address: `192.168.4.${i + 1}`, ...node }]),
    ),
  };
}

describe('ports', () => {
  it('of Kubernetes, each on those that listen and from those that ask', () => {
    const ports = portsOf(
      withNodes({
        cp: { roles: ['control-plane'] },
        e1: { roles: ['etcd'] },
        e2: { roles: ['etcd'] },
        e3: { roles: ['etcd'] },
        w: { roles: ['worker'] },
      }),
    );
    assert.deepEqual(
      ports.filter((port) => port.what !== 'BGP').map((port) => `${port.what}: ${line(port)}`),
      [
        'SSH: tcp 22 on every node from the workstation and cp, the controller',
        'kube-apiserver: tcp 6443 on the control plane from every node and the workstation',
        'etcd, clients: tcp 2379 on etcd from the control plane and etcd',
        'etcd, members: tcp 2380 on etcd from etcd',
        'kubelet: tcp 10250 on every node from the control plane',
        'kube-controller-manager: tcp 10257 on the control plane from the control plane',
        'kube-scheduler: tcp 10259 on the control plane from the control plane',
        'kube-proxy, health: tcp 10256 on every node from load balancers, if there are any',
        'NodePort Services: tcp 30000-32767 on every node from their clients',
        'NodePort Services: udp 30000-32767 on every node from their clients',
        'DNS: udp 53 on every node, at 169.254.25.10 from pods of the node itself',
        'DNS: tcp 53 on every node, at 169.254.25.10 from pods of the node itself',
      ],
    );
    const nodesOf = (number: string) => ports.find((port) => port.port === number)?.nodes;
    assert.deepEqual(nodesOf('6443'), ['cp']);
    assert.deepEqual(nodesOf('2379'), ['e1', 'e2', 'e3']);
    // Nodes of etcd alone are none of Kubernetes.
    assert.deepEqual(nodesOf('10250'), ['cp', 'w']);
    assert.deepEqual(nodesOf('22'), ['cp', 'e1', 'e2', 'e3', 'w']);
  });

  it('between members of etcd are none where there is one, and its clients are every node with Calico in it', () => {
    assert.ok(!withNetwork({}).some((port) => port.port === '2380'));
    const ports = portsOf({ ...lab, calico: { datastore: 'etcd', apiServer: false }, policies: {} });
    assert.deepEqual(named(ports, 'etcd, clients'), ['tcp 2379 on etcd from every node and etcd']);
  });

  it('of DNS are none without the cache on the node', () => {
    assert.deepEqual(named(withNetwork({ dns: { nodeLocalCache: false } }), 'DNS'), []);
  });

  it('of kube-proxy are none without it', () => {
    const ports = portsOf({ ...edited(lab, { network: { dataplane: 'ebpf' } }), kubernetes: { proxy: 'none' } });
    assert.deepEqual(named(ports, 'kube-proxy, health'), []);
  });

  it('of SSH go by the node’s own port, and by the jump host before it', () => {
    const jump = { host: 'bastion.example', port: 2222, user: 'ops', hostKey: 'accept-new' };
    const ports = portsOf(
      withNodes({
        cp: { roles: ['control-plane', 'etcd', 'worker'] },
        a: { roles: ['worker'], ssh: { port: 2022 } },
        b: { roles: ['worker'], ssh: { jump } },
        c: { roles: ['worker'], ssh: { jump } },
      }),
    );
    assert.deepEqual(named(ports, 'SSH'), [
      'tcp 22 on cp from the workstation and cp, the controller',
      'tcp 2022 on a from the workstation and cp, the controller',
      'tcp 22 on b, c from the jump host bastion.example and cp, the controller',
      'tcp 2222 on the jump host bastion.example from the workstation',
    ]);
  });

  it('of SSH name every jump host once', () => {
    const jump = (host: string, port: number) => ({ jump: { host, port, user: 'ops', hostKey: 'accept-new' } });
    const ports = portsOf(
      withNodes({
        cp: { roles: ['control-plane', 'etcd', 'worker'], ssh: jump('one.example', 22) },
        a: { roles: ['worker'], ssh: jump('two.example', 22) },
        b: { roles: ['worker'], ssh: jump('two.example', 22) },
        c: { roles: ['worker'], ssh: jump('two.example', 2222) },
      }),
    );
    assert.deepEqual(
      named(ports, 'SSH').filter((each) => each.includes('on the jump host')),
      [
        'tcp 22 on the jump host one.example from the workstation',
        'tcp 22 on the jump host two.example from the workstation',
        'tcp 2222 on the jump host two.example from the workstation',
      ],
    );
  });

  it('name nodes while they are few, and count them otherwise', () => {
    const rest = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, { roles: ['worker'], ssh: { port: 2222 } }]),
    );
    const [first, second] = portsOf(withNodes({ cp: { roles: ['control-plane', 'etcd', 'worker'] }, ...rest }));
    const { f, ...five } = rest;
    assert.equal(f?.roles.length, 1);
    const [, fewer] = portsOf(withNodes({ cp: { roles: ['control-plane', 'etcd', 'worker'] }, ...five }));
    assert.equal(fewer?.on, 'a, b, c, d, e');
    assert.deepEqual([first?.on, second?.on, second?.nodes], ['cp', '6 nodes', ['a', 'b', 'c', 'd', 'e', 'f']]);
  });

  const tunnels: [string, object, string[]][] = [
    ['nothing', { encapsulation: 'none' }, []],
    ['IP-in-IP', { encapsulation: { ipip: 'cross-subnet' } }, ['ip 4']],
    ['VXLAN', { encapsulation: { vxlan: 'always' } }, ['udp 4789']],
    ['VXLAN on a port of its own', { encapsulation: { vxlan: 'always', port: 8472 } }, ['udp 8472']],
    // kubespray tells Felix of another port only with the backend vxlan.
    [
      'VXLAN on a port of its own, with BIRD',
      { encapsulation: { vxlan: 'always', port: 8472 }, bgp: { advertise: { clusterIps: true } } },
      ['udp 4789'],
    ],
    ['WireGuard beside VXLAN', { encapsulation: { vxlan: 'always' }, wireguard: true }, ['udp 4789', 'udp 51820']],
    ['eBPF', { encapsulation: 'none', dataplane: 'ebpf' }, ['udp 4789']],
    ['eBPF on VXLAN', { encapsulation: { vxlan: 'always', port: 8472 }, dataplane: 'ebpf' }, ['udp 8472']],
  ];
  const carriers = new Set([
    'IP-in-IP',
    'VXLAN',
    'WireGuard',
    'WireGuard over IPv6',
    'eBPF, NodePort packets in VXLAN',
  ]);
  for (const [what, change, expected] of tunnels) {
    it(`of packets between nodes with ${what}: ${expected.join(', ') || 'none'}`, () => {
      const found = withNetwork(change).filter((port) => carriers.has(port.what));
      assert.deepEqual(
        found.map(({ protocol, port }) => `${protocol} ${port}`),
        expected,
      );
      for (const port of found) assert.deepEqual([port.on, port.from], ['every node', ['every node']]);
    });
  }

  it('of the second family are its own only with WireGuard', () => {
    const change = { encapsulation: 'none', wireguard: true, ipv6: { encapsulation: { vxlan: 'always' } } };
    const value = dualStack(lab, change);
    assert.deepEqual(
      whats(portsOf(value).filter((port) => port.protocol === 'udp' && !['30000-32767', '53'].includes(port.port))),
      new Set(['VXLAN', 'WireGuard']),
    );
    const environment = { FELIX_WIREGUARDENABLEDV6: 'true' };
    assert.deepEqual(named(portsOf({ ...value, calico: { node: { environment } } }), 'WireGuard over IPv6'), [
      'udp 51821 on every node from every node',
    ]);
  });

  it('of Typha and of metrics are there where those are', () => {
    const typha = { replicas: 2, metrics: { enabled: true, port: 9193 } };
    const ports = portsOf({ ...lab, calico: { typha }, felix: { metrics: { enabled: true, port: 9191 } } });
    assert.deepEqual(named(ports, 'Typha'), ['tcp 5473 on every node from every node']);
    assert.deepEqual(named(ports, "Typha's metrics"), ['tcp 9193 on every node from Prometheus, on any node']);
    assert.deepEqual(named(ports, "Felix's metrics"), ['tcp 9191 on every node from Prometheus, on any node']);
    const without = whats(portsOf({ ...lab, calico: { typha: { replicas: 2 } } }));
    assert.deepEqual(
      [without.has('Typha'), without.has("Typha's metrics"), without.has("Felix's metrics")],
      [true, false, false],
    );
    assert.equal(whats(portsOf(lab)).has('Typha'), false);
  });

  describe('of BGP', () => {
    it('are open between all nodes in a mesh, on the port that is declared', () => {
      assert.deepEqual(named(withNetwork({ encapsulation: 'none' }), 'BGP'), ['tcp 179 on every node from every node']);
      assert.deepEqual(named(withNetwork({ encapsulation: 'none', bgp: { listenPort: 1790 } }), 'BGP'), [
        'tcp 1790 on every node from every node',
      ]);
      assert.deepEqual(named(withNetwork({ encapsulation: { vxlan: 'always' } }), 'BGP'), []);
    });

    it('are open to peers both ways, and to no other node', () => {
      const peers = [{ address: '192.168.4.1', as: 64600 }];
      assert.deepEqual(named(withNetwork({ bgp: { topology: 'routers', peers, listenPort: 1790 } }), 'BGP'), [
        'tcp 1790 on every node from 192.168.4.1',
        'tcp 179 on 192.168.4.1 from every node',
      ]);
    });

    it('of a node’s own peers are that node’s', () => {
      const tor = { address: '192.168.4.254', as: 64600 };
      const value = withNodes(
        {
          cp: { roles: ['control-plane', 'etcd', 'worker'] },
          a: { roles: ['worker'], bgp: { peers: [tor] } },
          b: { roles: ['worker'], bgp: { peers: [tor, { address: '192.168.4.253', as: 64601 }] } },
        },
        { network: { encapsulation: 'none', bgp: { topology: 'routers' } } },
      );
      assert.deepEqual(named(portsOf(value), 'BGP'), [
        'tcp 179 on a, b from 192.168.4.254',
        'tcp 179 on 192.168.4.254 from a, b',
        'tcp 179 on b from 192.168.4.253',
        'tcp 179 on 192.168.4.253 from b',
      ]);
    });

    it('are open between nodes and route reflectors', () => {
      const value = withNodes(
        {
          cp: { roles: ['control-plane', 'etcd', 'worker'] },
          rr: { roles: ['route-reflector'] },
        },
        { network: { encapsulation: 'none', bgp: { topology: { reflectors: { clusterId: '244.0.0.1' } } } } },
      );
      const found = portsOf(value).filter((port) => port.what === 'BGP');
      assert.deepEqual(found.map(line), [
        'tcp 179 on the route reflectors from every node',
        'tcp 179 on every node from the route reflectors',
      ]);
      assert.deepEqual(
        found.map((port) => port.nodes),
        [['rr'], ['cp', 'rr']],
      );
    });
  });

  it('are never said twice, whatever is declared', () => {
    fc.assert(
      fc.property(network, (change) => {
        const lines = withNetwork(change).map((port) => `${line(port)} ${port.what}`);
        assert.deepEqual(
          lines.filter((each, i) => lines.indexOf(each) !== i),
          [],
        );
      }),
      { numRuns: 40 },
    );
  });

  it('of kube-controllers where etcd puts it on the host network and Prometheus asks it', () => {
    const what = "kube-controllers' metrics";
    const etcd = { calico: { datastore: 'etcd' }, felix: { metrics: { enabled: true } }, policies: {} };
    const bare = { ...withNodes({ cp: { roles: ['control-plane', 'etcd', 'worker'] } }), workloads: [], expect: [] };
    const asked = (change: object) => named(portsOf(edited({ ...bare, policies: {} }, change)), what);
    const monitoring = 'prometheus';
    assert.deepEqual(asked({ ...etcd, monitoring }), ['tcp 9094 on every node from Prometheus, on any node']);
    assert.deepEqual(asked({ ...etcd, monitoring: { kubeControllersPort: 0 } }), []);
    assert.deepEqual(asked({ ...etcd, monitoring: 'none' }), []);
    assert.deepEqual(asked({ felix: { metrics: { enabled: true } }, monitoring }), []);
  });
});
