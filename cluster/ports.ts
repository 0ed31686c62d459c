import { hasWireguard6, tunnelsOf } from './mtu.ts';
import { deriveNetwork } from './network.ts';
import type { Cluster, Node } from './types.ts';

/** Something that has to be let through to a node, by the node's own firewall and by every one on the way. */
export interface Port {
  /** `ip`: a protocol of its own beside TCP and UDP. */
  readonly protocol: 'tcp' | 'udp' | 'ip';
  /** `6443`, `30000-32767`; of `ip`: the protocol's number. */
  readonly port: string;
  readonly what: string;
  /** Who listens: declared nodes, or one neighbour outside. */
  readonly on: Place;
  /** Who connects. */
  readonly from: readonly Place[];
  /** Names of the declared nodes that listen; empty where it is a neighbour. */
  readonly nodes: readonly string[];
  readonly reference: string;
}

/** A part of the cluster or somebody outside, in words: `every node`, `w1, w2`, `12 nodes`, `the workstation`, `192.168.4.1`. */
export type Place = string;

const KUBESPRAY = 'kubespray v2.31.0 docs/operations/port-requirements.md';
const CALICO = 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements';
const KUBERNETES = 'https://kubernetes.io/docs/reference/networking/ports-and-protocols/';
const EVERY = 'every node';
const CONTROL_PLANE = 'the control plane';
const ETCD = 'etcd';
const PROMETHEUS = 'Prometheus, on any node';

/** What must be open between nodes, and to them from pods and from outside. What pods do with each other is not here. */
export function derivePorts(cluster: Cluster): readonly Port[] {
  const before = derived.get(cluster);
  if (before !== undefined) return before;
  const groups = groupsOf(cluster);
  const ports = [...sshPorts(cluster), ...kubernetesPorts(cluster, groups), ...calicoPorts(cluster, groups)];
  derived.set(cluster, ports);
  return ports;
}

/** A Cluster is frozen, and every node of a thousand asks for the same list. */
const derived = new WeakMap<Cluster, readonly Port[]>();

interface Group {
  readonly place: Place;
  readonly names: readonly string[];
}

interface Groups {
  /** Of Kubernetes: nodes of etcd alone are none. */
  readonly every: Group;
  readonly controlPlane: Group;
  readonly etcd: Group;
  readonly reflectors: Group;
}

function groupsOf({ nodes }: Cluster): Groups {
  const names = (wanted: (node: Node) => boolean) => nodes.filter(wanted).map((node) => node.name);
  return {
    every: { place: EVERY, names: names((node) => node.roles.some((role) => role !== 'etcd')) },
    controlPlane: { place: CONTROL_PLANE, names: names((node) => node.roles.includes('control-plane')) },
    etcd: { place: ETCD, names: names((node) => node.roles.includes('etcd')) },
    reflectors: { place: 'the route reflectors', names: names((node) => node.roles.includes('route-reflector')) },
  };
}

/** A few nodes by name, many by their number. */
function placeOf(names: readonly string[]): Place {
  return names.length <= 5 ? names.join(', ') : `${names.length} nodes`;
}

function port(
  protocol: Port['protocol'],
  number: number | string,
  what: string,
  on: Group,
  from: readonly Place[],
  reference: string,
): Port {
  return { protocol, port: String(number), what, on: on.place, from, nodes: on.names, reference };
}

/** SSH from the workstation, or from the jump host before the node, and from the controller, which runs Ansible. */
function sshPorts({ nodes, kubespray }: Cluster): Port[] {
  const ways = new Map<string, { number: number; from: Place; names: string[] }>();
  for (const { name, ssh } of nodes) {
    const from = ssh.jump === undefined ? 'the workstation' : `the jump host ${ssh.jump.host}`;
    const key = `${ssh.port} ${from}`;
    const way = ways.get(key) ?? { number: ssh.port, from, names: [] };
    way.names.push(name);
    ways.set(key, way);
  }
  const jumps = new Map(
    nodes.flatMap(({ ssh: { jump } }) => (jump === undefined ? [] : [[`${jump.host} ${jump.port}`, jump]])),
  );
  return [
    ...[...ways.values()].map(({ number, from, names }) =>
      port(
        'tcp',
        number,
        'SSH',
        { place: names.length === nodes.length ? EVERY : placeOf(names), names },
        [from, `${kubespray.controller}, the controller`],
        KUBESPRAY,
      ),
    ),
    ...[...jumps.values()].map((jump) =>
      port('tcp', jump.port, 'SSH', { place: `the jump host ${jump.host}`, names: [] }, ['the workstation'], KUBESPRAY),
    ),
  ];
}

function kubernetesPorts({ calico, kubernetes, network }: Cluster, { every, controlPlane, etcd }: Groups): Port[] {
  const etcdClients = calico.datastore === 'etcd' ? [EVERY, ETCD] : [CONTROL_PLANE, ETCD];
  return [
    port('tcp', 6443, 'kube-apiserver', controlPlane, [EVERY, 'the workstation'], KUBESPRAY),
    port('tcp', 2379, 'etcd, clients', etcd, etcdClients, KUBESPRAY),
    ...(etcd.names.length > 1 ? [port('tcp', 2380, 'etcd, members', etcd, [ETCD], KUBESPRAY)] : []),
    port('tcp', 10250, 'kubelet', every, [CONTROL_PLANE], KUBESPRAY),
    // kubespray's document has the two the other way round.
    port('tcp', 10257, 'kube-controller-manager', controlPlane, [CONTROL_PLANE], KUBERNETES),
    port('tcp', 10259, 'kube-scheduler', controlPlane, [CONTROL_PLANE], KUBERNETES),
    ...(kubernetes.proxy === 'none'
      ? []
      : [port('tcp', 10256, 'kube-proxy, health', every, ['load balancers, if there are any'], KUBERNETES)]),
    port('tcp', '30000-32767', 'NodePort Services', every, ['their clients'], KUBESPRAY),
    port('udp', '30000-32767', 'NodePort Services', every, ['their clients'], KUBERNETES),
    ...(network.dns.nodeLocalCache ? dnsPorts(network.dns.address, every) : []),
  ];
}

/** The cache is a process of the host on an address of its own, so pods come to it through the node's firewall. */
function dnsPorts(address: string, every: Group): Port[] {
  const on = { place: `every node, at ${address}`, names: every.names };
  const reference = 'kubespray v2.31.0 roles/kubernetes-apps/ansible/templates/nodelocaldns-daemonset.yml.j2:26';
  return (['udp', 'tcp'] as const).map((protocol) =>
    port(protocol, 53, 'DNS', on, ['pods of the node itself'], reference),
  );
}

function calicoPorts(cluster: Cluster, groups: Groups): Port[] {
  const { calico, felix, network } = cluster;
  const { every } = groups;
  const on = tunnelsOf(cluster);
  const vxlan = on.vxlan || on.vxlan6;
  // eBPF has Felix's own port where there is no VXLAN to say another.
  const vxlanPort = deriveNetwork(cluster).vxlan?.port ?? 4789;
  const { typha } = calico;
  return [
    ...bgpPorts(cluster, groups),
    ...(on.ipip ? [port('ip', 4, 'IP-in-IP', every, [EVERY], CALICO)] : []),
    ...(vxlan ? [port('udp', vxlanPort, 'VXLAN', every, [EVERY], CALICO)] : []),
    ...(on.ebpf && !vxlan
      ? [
          port(
            'udp',
            vxlanPort,
            'eBPF, NodePort packets in VXLAN',
            every,
            [EVERY],
            'https://docs.tigera.io/calico/latest/operations/ebpf/enabling-ebpf',
          ),
        ]
      : []),
    ...(network.wireguard ? [port('udp', 51820, 'WireGuard', every, [EVERY], CALICO)] : []),
    ...(hasWireguard6(cluster) ? [port('udp', 51821, 'WireGuard over IPv6', every, [EVERY], CALICO)] : []),
    // On the host's network, on nodes that the scheduler chooses.
    ...(typha === undefined ? [] : [port('tcp', 5473, 'Typha', every, [EVERY], CALICO)]),
    ...(typha?.metrics.enabled === true
      ? [
          port(
            'tcp',
            typha.metrics.port,
            "Typha's metrics",
            every,
            [PROMETHEUS],
            'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-typha.yml.j2:83',
          ),
        ]
      : []),
    ...controllersPorts(cluster, every),
    ...(felix.metrics.enabled
      ? [
          port(
            'tcp',
            felix.metrics.port,
            "Felix's metrics",
            every,
            [PROMETHEUS],
            'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:28',
          ),
        ]
      : []),
  ];
}

/** Only with etcd is kube-controllers on the host's network. */
function controllersPorts({ calico, monitoring }: Cluster, every: Group): Port[] {
  const number = monitoring.kind === 'none' ? 0 : monitoring.kubeControllersPort;
  if (calico.datastore !== 'etcd' || !calico.networkPolicy || number === 0) return [];
  const reference =
    'kubespray v2.31.0 roles/kubernetes-apps/policy_controller/calico/templates/calico-kube-controllers.yml.j2:25';
  return [port('tcp', number, "kube-controllers' metrics", every, [PROMETHEUS], reference)];
}

/** BGP: either side may open the session, so both listen. */
function bgpPorts(cluster: Cluster, { every, reflectors }: Groups): Port[] {
  const { bgp } = cluster.network;
  if (deriveNetwork(cluster).backend !== 'bird') return [];
  /** Of single nodes, with the names of those. */
  const peersOfNodes = new Map<string, string[]>();
  for (const node of cluster.nodes) {
    for (const { address } of node.bgp.peers) {
      const names = peersOfNodes.get(address) ?? [];
      peersOfNodes.set(address, names);
      names.push(node.name);
    }
  }
  const outside: [string, Group][] = [
    ...bgp.peers.map(({ address }): [string, Group] => [address, every]),
    ...[...peersOfNodes].map(([address, names]): [string, Group] => [address, { place: placeOf(names), names }]),
  ];
  const listening = (on: Group, from: Place) => port('tcp', bgp.listenPort, 'BGP', on, [from], CALICO);
  return [
    ...(bgp.topology === 'full-mesh' ? [listening(every, EVERY)] : []),
    ...(typeof bgp.topology === 'object' ? [listening(reflectors, EVERY), listening(every, reflectors.place)] : []),
    ...outside.flatMap(([address, group]) => [
      listening(group, address),
      port('tcp', 179, 'BGP', { place: address, names: [] }, [group.place], CALICO),
    ]),
  ];
}
