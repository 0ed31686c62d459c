import type { Cluster } from './types.ts';

/** Bytes that each way between nodes takes from a packet (Calico v3.31.5 felix/dataplane/linux/int_dataplane.go:420-424). */
export const overheadOf = {
  none: 0,
  ipip: 20,
  vxlan: 50,
  /** Over IPv6, whose header has 20 bytes more. */
  vxlan6: 70,
  wireguard: 60,
  wireguard6: 80,
} as const;

/** Which of them a cluster has. */
export interface Tunnels {
  readonly ipip: boolean;
  readonly vxlan: boolean;
  readonly vxlan6: boolean;
  readonly wireguard: boolean;
  readonly ebpf: boolean;
  readonly dualStack: boolean;
}

/** Something that takes bytes from every packet it carries. */
export interface Taker {
  readonly what: string;
  readonly bytes: number;
}

/** A network device on every node, or the one inside every pod. */
export interface Device {
  /** Name on the node; `eth0` for that of a pod. */
  readonly name: string;
  readonly what: string;
  /** Bytes that it adds to a packet; of a pod's: the most that any of the others adds. */
  readonly overhead: number;
  readonly mtu: number;
  /** What Calispray has kubespray set, or what Felix finds out by itself. */
  readonly setBy: 'kubespray' | 'Felix';
}

export interface Mtu {
  /** Of pods and, as kubespray has one value for all, of the IPv4 tunnels: what is declared, or `maxMtu`. */
  readonly mtu: number;
  /** The largest that fits through the interface in every way a packet may go. */
  readonly maxMtu: number;
  /** `interfaceMtu` less `maxMtu`. */
  readonly overhead: number;
  /** Most bytes first; empty without any tunnel. */
  readonly takers: readonly Taker[];
  readonly devices: readonly Device[];
}

/**
 * What takes bytes, most first. They never add up: WireGuard's routes stand before those of the tunnels, so that a packet goes through one or the
 * other (Calico v3.31.5 felix/wireguard/wireguard.go:253), and what eBPF sends on between nodes is not encrypted. Cross-subnet counts in
 * full, as a pod knows nothing of where its peer is.
 */
export function takersOf(on: Tunnels): Taker[] {
  const takers: (Taker & { on: boolean })[] = [
    { on: on.ipip, what: 'IP-in-IP', bytes: overheadOf.ipip },
    { on: on.vxlan, what: 'VXLAN', bytes: overheadOf.vxlan },
    { on: on.vxlan6, what: 'VXLAN over IPv6', bytes: overheadOf.vxlan6 },
    // Its programs wrap packets to a NodePort whose pod is elsewhere in VXLAN, with either service mode and without a device
    // (Calico v3.31.5 felix/dataplane/linux/bpf_ep_mgr.go:3142; kubespray v2.31.0 docs/CNI/calico.md:289).
    { on: on.ebpf, what: 'eBPF', bytes: overheadOf.vxlan },
    { on: on.ebpf && on.dualStack, what: 'eBPF over IPv6', bytes: overheadOf.vxlan6 },
    { on: on.wireguard, what: 'WireGuard', bytes: overheadOf.wireguard },
    // kubespray switches it on for IPv4 alone; room is left so that switching on the other needs no new pods.
    { on: on.wireguard && on.dualStack, what: 'WireGuard over IPv6', bytes: overheadOf.wireguard6 },
  ];
  return takers
    .filter((taker) => taker.on)
    .map(({ what, bytes }) => ({ what, bytes }))
    .sort((a, b) => b.bytes - a.bytes);
}

export function tunnelsOf({ network }: Cluster): Tunnels {
  return {
    ipip: network.encapsulation.kind === 'ipip',
    vxlan: network.encapsulation.kind === 'vxlan',
    vxlan6: network.ipv6?.encapsulation.kind === 'vxlan',
    wireguard: network.wireguard,
    ebpf: network.dataplane.kind === 'ebpf',
    dualStack: network.ipv6 !== undefined,
  };
}

/**
 * Whether WireGuard carries IPv6 as well: Felix has a switch of its own for it, which kubespray never touches
 * (kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:172), so it is on only where calico-node's environment says so.
 */
export function hasWireguard6({ network, calico }: Cluster): boolean {
  const value = calico.node.environment.FELIX_WIREGUARDENABLEDV6 ?? '';
  return network.wireguard && network.ipv6 !== undefined && /^(true|yes|y|t|1)$/i.test(value);
}

/**
 * MTU of pods and of every tunnel device, in bytes. kubespray gives one value, calico_veth_mtu, to pods and to all tunnels of IPv4
 * (kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:283-293); those of IPv6 Felix works out from the interface.
 * Further pools count for nothing here: they have the first one's tunnels, or none.
 */
export function deriveMtu(cluster: Cluster): Mtu {
  const { interfaceMtu, mtu: declared } = cluster.network;
  const on = tunnelsOf(cluster);
  const takers = takersOf(on);
  const overhead = takers[0]?.bytes ?? 0;
  const maxMtu = interfaceMtu - overhead;
  const mtu = declared === 'auto' ? maxMtu : declared;
  const set = (name: string, what: string, bytes: number): Device => ({
    name,
    what,
    overhead: bytes,
    mtu,
    setBy: 'kubespray',
  });
  const found = (name: string, what: string, bytes: number): Device => ({
    name,
    what,
    overhead: bytes,
    mtu: interfaceMtu - bytes,
    setBy: 'Felix',
  });
  return {
    mtu,
    maxMtu,
    overhead,
    takers,
    devices: [
      set('eth0', 'pods', overhead),
      ...(on.ipip ? [set('tunl0', 'IP-in-IP', overheadOf.ipip)] : []),
      ...(on.vxlan ? [set('vxlan.calico', 'VXLAN', overheadOf.vxlan)] : []),
      ...(on.vxlan6 ? [found('vxlan-v6.calico', 'VXLAN over IPv6', overheadOf.vxlan6)] : []),
      ...(on.wireguard ? [set('wireguard.cali', 'WireGuard', overheadOf.wireguard)] : []),
      ...(hasWireguard6(cluster) ? [found('wg-v6.cali', 'WireGuard over IPv6', overheadOf.wireguard6)] : []),
    ],
  };
}
