/** Clusters with nothing wrong, as the doctor would find them: whole evidence of any number of nodes, for every way between nodes. */
import { type Cluster, deriveMtu, deriveNetwork, parseCluster } from '../../../../cluster/index.ts';
import type {
  Evidence,
  LinkSeen,
  NodeEvidence,
  PathSeen,
  PodSeen,
  RouteSeen,
  TunnelSeen,
} from '../../../../kubespray/doctor/index.ts';
import { apiOf } from './healthy-api.ts';

export const ways = ['none', 'ipip', 'vxlan', 'wireguard'] as const;
export type Way = (typeof ways)[number];

export interface Healthy {
  readonly way: Way;
  /** Default: the three of VMStation. */
  readonly nodes?: number;
  /** MTU of the nodes' interfaces. Default 1500. */
  readonly interfaceMtu?: number;
  readonly mode?: 'always' | 'cross-subnet';
  /** Pods on each node, beside CoreDNS on the first two. Default 2. */
  readonly pods?: number;
  readonly lab?: boolean;
  /** Beside what the stack says in any case: of its network, and of all of it. */
  readonly network?: Readonly<Record<string, unknown>>;
  readonly stack?: Readonly<Record<string, unknown>>;
}

export interface Member {
  readonly name: string;
  readonly address: string;
  /** Place of its block in the pool, and in the list of nodes. */
  readonly at: number;
}

const NAMES = ['masternode', 'storagenodet3500', 'homelab'];
const ADDRESSES = ['192.168.4.63', '192.168.4.61', '192.168.4.62'];

export function healthy(wanted: Healthy): Evidence {
  const declared = stackOf(wanted);
  const parsed = parseCluster(declared);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  const { cluster } = parsed;
  const members = membersOf(wanted);
  const world: World = {
    cluster,
    members,
    pods: new Map(members.map((one) => [one.name, podsOn(one, wanted)])),
    wanted,
  };
  return {
    version: 1,
    at: '2026-01-15T12:00:00.000Z',
    declared,
    nodes: Object.fromEntries(members.map((one) => [one.name, { value: nodeOf(world, one) }])),
    api: { value: apiOf(world) },
    paths: pathsOf(world),
    lab: wanted.lab ?? false,
  };
}

export interface World {
  readonly cluster: Cluster;
  readonly members: readonly Member[];
  readonly pods: ReadonlyMap<string, readonly { pod: string; address: string; app: string }[]>;
  readonly wanted: Healthy;
}

export function stackOf({ way, mode = 'always', interfaceMtu = 1500, network = {}, stack = {}, ...wanted }: Healthy) {
  const nodes = membersOf({ way, ...wanted }).map(({ name, address, at }) => [
    name,
    { address, roles: at === 0 ? ['control-plane', 'etcd', 'worker'] : ['worker'] },
  ]);
  return {
    apiVersion: 'calispray/v1',
    name: 'vmstation',
    kubespray: { version: 'v2.31.0' },
    ssh: { user: 'root' },
    nodes: Object.fromEntries(nodes),
    network: {
      nodes: '192.168.4.0/24',
      interfaceMtu,
      pods: '10.244.0.0/16',
      services: '10.233.0.0/18',
      pool: { cidr: '10.244.0.0/17', blockSize: 26 },
      encapsulation: way === 'ipip' ? { ipip: mode } : way === 'vxlan' ? { vxlan: mode } : 'none',
      ...(way === 'wireguard' ? { wireguard: true } : {}),
      mtu: 'auto',
      bgp: { as: 64512 },
      ...network,
    },
    policies: { namespaces: ['production'] },
    monitoring: 'none',
    ...stack,
  };
}

function membersOf({ nodes = 3 }: Healthy): Member[] {
  return Array.from({ length: nodes }, (_, at) => ({
    name: NAMES[at] ?? `node-${at}`,
    address: ADDRESSES[at] ?? `192.168.4.${70 + at}`,
    at,
  }));
}

/** Two addresses of each block are for tunnels. */
function podsOn({ name, at }: Member, { pods = 2 }: Healthy) {
  const address = (i: number) => inBlock(at, 2 + i);
  const own = Array.from({ length: pods }, (_, i) => ({
    pod: `production/web-${name}-${i}`,
    address: address(i),
    app: 'web',
  }));
  return [...own, ...(at < 2 ? [{ pod: `kube-system/coredns-${at}`, address: address(pods), app: 'coredns' }] : [])];
}

export const blockOf = (at: number) => `10.244.${Math.floor(at / 4)}.${(at % 4) * 64}/26`;
export const inBlock = (at: number, nth: number) => `10.244.${Math.floor(at / 4)}.${(at % 4) * 64 + nth}`;

/** Its device and what the API calls its address. */
export const tunnels = {
  none: undefined,
  ipip: { device: 'tunl0', kind: 'ipip', annotation: 'IPv4IPIPTunnelAddr', handle: 'ipip-tunnel-addr' },
  vxlan: { device: 'vxlan.calico', kind: 'vxlan', annotation: 'IPv4VXLANTunnelAddr', handle: 'vxlan-tunnel-addr' },
  wireguard: {
    device: 'wireguard.cali',
    kind: 'wireguard',
    annotation: 'IPv4WireguardInterfaceAddr',
    handle: 'wireguard-tunnel-addr',
  },
} as const;

function nodeOf(world: World, member: Member): NodeEvidence {
  const { cluster, members, wanted } = world;
  const { mtu } = deriveMtu(cluster);
  const bird = deriveNetwork(cluster).backend === 'bird';
  const tunnel = tunnels[wanted.way];
  const others = members.filter(({ at }) => at !== member.at);
  const pods = world.pods.get(member.name) ?? [];
  const tunnelAddress = inBlock(member.at, 0);
  return {
    clock: { ahead: 0.002, within: 0.004, synchronized: true },
    links: [
      { name: 'lo', kind: '', mtu: 65536, up: true, addresses: ['127.0.0.1/8'] },
      {
        name: 'eth0',
        kind: '',
        mtu: cluster.network.interfaceMtu,
        up: true,
        addresses: [`${member.address}/24`],
      },
      { name: 'nodelocaldns', kind: 'dummy', mtu: 1500, up: false, addresses: ['169.254.25.10/32'] },
      ...(tunnel === undefined
        ? []
        : [{ name: tunnel.device, kind: tunnel.kind, mtu, up: true, addresses: [`${tunnelAddress}/32`] }]),
      ...pods.map((_, i): LinkSeen => ({ name: `cali0000000000${i}`, kind: 'veth', mtu, up: true, addresses: [] })),
    ],
    routes: routesOf(world, member),
    sysctl: {
      'net/ipv4/ip_forward': '1',
      'net/ipv4/conf/all/forwarding': '1',
      'net/ipv4/conf/eth0/forwarding': '1',
      'net/ipv4/conf/all/rp_filter': '0',
      'net/ipv4/conf/default/rp_filter': '1',
      'net/ipv4/conf/eth0/rp_filter': '1',
      'net/netfilter/nf_conntrack_count': '812',
      'net/netfilter/nf_conntrack_max': '131072',
    },
    active: ['containerd', 'kubelet'],
    networkManagerLeavesCalico: null,
    iptables: { backend: 'nf_tables', legacy: 0, nft: 214 },
    drops: [],
    bird: bird ? [{ family: 4, problem: null, lines: others.flatMap(({ address }) => established(address)) }] : [],
    tunnels:
      tunnel === undefined
        ? []
        : [
            {
              device: tunnel.device,
              address: tunnelAddress,
              mtu,
              ...(wanted.way === 'vxlan' ? { port: 4789, vni: 4096 } : {}),
              checksumOffload: wanted.way === 'vxlan' ? false : null,
            } satisfies TunnelSeen,
          ],
    wireguard:
      wanted.way === 'wireguard'
        ? others.map(({ address }) => ({ endpoint: `${address}:51820`, handshake: 40, received: 9120, sent: 8800 }))
        : [],
    pods: pods.map(({ pod, address }): PodSeen => ({ name: pod, address, mtu, hostMtu: mtu })),
    listening: ['tcp/22', 'tcp/10250', ...(bird ? ['tcp/179'] : []), ...(member.at === 0 ? ['tcp/6443'] : [])],
    calico: { mtu, nodename: member.name },
    clusterDns: ['169.254.25.10'],
    log: [],
    api: { url: 'https://localhost:6443', ok: true, said: 'ok' },
  };
}

/** As BIRD prints them. */
export function established(address: string): string[] {
  const name = `Mesh_${address.replaceAll('.', '_')}`;
  return [`${name} BGP      ---        up     10:00:00.001  Established`, `    Neighbor address: ${address}`];
}

function routesOf({ cluster, members, pods, wanted }: World, member: Member): RouteSeen[] {
  const { backend } = deriveNetwork(cluster);
  const protocol = backend === 'bird' ? 'bird' : '80';
  const direct = wanted.mode === 'cross-subnet';
  const device = (wanted.way === 'ipip' || wanted.way === 'vxlan') && !direct ? tunnels[wanted.way].device : 'eth0';
  return [
    { to: 'default', via: '192.168.4.1', device: 'eth0' },
    { to: '192.168.4.0/24', device: 'eth0', protocol: 'kernel' },
    { to: blockOf(member.at), protocol, type: 'blackhole' },
    ...members
      .filter(({ at }) => at !== member.at)
      .map(({ at, address }) => ({
        to: blockOf(at),
        via: device === 'vxlan.calico' ? inBlock(at, 0) : address,
        device,
        protocol,
      })),
    ...(pods.get(member.name) ?? []).map(({ address }, i) => ({ to: address, device: `cali0000000000${i}` })),
  ];
}

/** Every ordered pair: node to node, and the first pod of one to the first of the other. */
function pathsOf({ cluster, members, pods }: World): PathSeen[] {
  const { mtu } = deriveMtu(cluster);
  const fine = { small: 'answered', told: null, tcp: 'answered', udp: 'answered' } as const;
  return members.flatMap((from) =>
    members
      .filter(({ at }) => at !== from.at)
      .flatMap((to): PathSeen[] => [
        {
          ...fine,
          layer: 'node',
          from: from.name,
          to: to.name,
          fromAddress: from.address,
          toAddress: to.address,
          largest: cluster.network.interfaceMtu,
          promised: cluster.network.interfaceMtu,
          ports: {
            ...(deriveNetwork(cluster).backend === 'bird' ? { 'tcp/179': 'open' as const } : {}),
            ...(to.at === 0 ? { 'tcp/6443': 'open' as const } : {}),
          },
        },
        ...podPath(from, to),
      ]),
  );

  function podPath(from: Member, to: Member): PathSeen[] {
    const [a, b] = [pods.get(from.name)?.[0], pods.get(to.name)?.[0]];
    if (a === undefined || b === undefined) return [];
    const ends = { from: from.name, to: to.name, fromAddress: a.address, toAddress: b.address };
    return [{ ...fine, layer: 'pod', ...ends, largest: mtu, promised: mtu, ports: {} }];
  }
}
