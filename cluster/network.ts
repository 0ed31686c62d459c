import { range, range6 } from './cidr.ts';
import { deriveMtu } from './mtu.ts';
import type { Bgp, Cluster, Encapsulation } from './types.ts';

export { overheadOf } from './mtu.ts';

/** What Calico calls the two tunnel modes of an IPPool. */
export type CalicoMode = 'Always' | 'CrossSubnet' | 'Never';

/** What follows from the declared network, never typed twice. Sizes in bytes (MTU) or counts. */
export interface Network {
  /** MTU of pods and tunnels: the declared number, or `maxMtu` for `auto`. */
  readonly mtu: number;
  /** The largest MTU that the encapsulation leaves of the node's interface. */
  readonly maxMtu: number;
  /** Bytes that the encapsulation and WireGuard take from each packet. */
  readonly overhead: number;
  /** `bird` distributes routes (IPIP and no encapsulation need it); `vxlan` runs no BGP at all. */
  readonly backend: 'bird' | 'vxlan';
  /** Why that backend, as the end of a sentence. */
  readonly backendReason: string;
  readonly ipipMode: CalicoMode;
  readonly vxlanMode: CalicoMode;
  /** Of the second stack; absent without one. There is no IPIP for IPv6. */
  readonly vxlanMode6?: CalicoMode;
  /**
   * UDP port and network identifier of VXLAN packets as they really travel: kubespray tells Felix of others only with the
   * backend `vxlan` (kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:221-226), and what the
   * environment of calico-node says comes last. Absent without VXLAN.
   */
  readonly vxlan?: { readonly port: number; readonly vni: number };
  /** Addresses in one IPAM block; all of them are usable. */
  readonly blockAddresses: number;
  /** Blocks in the pool. A node takes as many as it needs. */
  readonly poolBlocks: number;
  readonly poolAddresses: number;
}

export function deriveNetwork(cluster: Cluster): Network {
  const { encapsulation, ipv6, pool } = cluster.network;
  const { mtu, maxMtu, overhead } = deriveMtu(cluster);
  const bird = reasonForBird(cluster);
  const vxlan = vxlanOnTheWire(cluster, bird !== undefined);
  const { blocks, blockAddresses, addresses } = poolSize(pool.cidr, pool.blockSize);
  return Object.freeze({
    mtu,
    maxMtu,
    overhead,
    backend: bird === undefined ? 'vxlan' : 'bird',
    backendReason: bird ?? 'VXLAN needs no BGP',
    ipipMode: modeOf('ipip', encapsulation),
    vxlanMode: modeOf('vxlan', encapsulation),
    ...(ipv6 === undefined ? {} : { vxlanMode6: modeOf('vxlan', ipv6.encapsulation) }),
    ...(vxlan === undefined ? {} : { vxlan }),
    blockAddresses,
    poolBlocks: blocks,
    poolAddresses: addresses,
  });
}

/** Blocks and addresses of a pool; no blocks where one would be larger than the pool. Beyond 2^53, exact as powers of two are. */
export function poolSize(
  cidr: string,
  blockSize: number,
): { family: 4 | 6; prefix: number; blocks: number; blockAddresses: number; addresses: number } {
  const family = cidr.includes(':') ? 6 : 4;
  const bits = family === 6 ? 128 : 32;
  const prefix = (family === 6 ? range6(cidr) : range(cidr))?.prefix ?? bits;
  return {
    family,
    prefix,
    blocks: blockSize < prefix ? 0 : 2 ** (blockSize - prefix),
    blockAddresses: 2 ** (bits - blockSize),
    addresses: 2 ** (bits - prefix),
  };
}

/** Calico's name of a mode of `kind` in a pool with that encapsulation. */
export function modeOf(
  kind: 'ipip' | 'vxlan',
  encapsulation: { readonly kind: string; readonly mode?: 'always' | 'cross-subnet' },
): CalicoMode {
  if (encapsulation.kind !== kind) return 'Never';
  return encapsulation.mode === 'always' ? 'Always' : 'CrossSubnet';
}

/** What needs BIRD, first come first said; undefined where VXLAN carries everything (kubespray v2.31.0 docs/CNI/calico.md:245-263). */
function reasonForBird({ network }: Cluster): string | undefined {
  const needsRoutes = (encapsulation: Encapsulation) => encapsulation.kind !== 'vxlan';
  if (needsRoutes(network.encapsulation)) {
    return network.encapsulation.kind === 'ipip'
      ? 'IP-in-IP needs BIRD to distribute routes'
      : 'without encapsulation BIRD distributes the routes';
  }
  if (network.ipv6?.encapsulation.kind === 'none') return 'IPv6 without encapsulation needs BIRD to distribute routes';
  const pool = network.furtherPools.find((each) => needsRoutes(each.encapsulation));
  if (pool !== undefined) return `the pool ${pool.name} is not on VXLAN and needs BIRD to distribute routes`;
  // There are no peers beside a mesh: the parser sees to it.
  if (network.bgp.topology !== 'full-mesh') return 'a BGP topology of its own is declared';
  return advertises(network.bgp) ? 'Service addresses are told to BGP peers' : undefined;
}

function advertises({ advertise }: Bgp): boolean {
  return advertise.clusterIps || advertise.externalIps.length > 0 || advertise.loadBalancerIps.length > 0;
}

/** Felix's own (Calico v3.31.5 felix/config/config_params.go:350). */
const VXLAN = { port: 4789, vni: 4096 };

function vxlanOnTheWire({ network, calico }: Cluster, bird: boolean): Network['vxlan'] {
  const { encapsulation, ipv6 } = network;
  const four = encapsulation.kind === 'vxlan';
  if (!four && ipv6?.encapsulation.kind !== 'vxlan') return undefined;
  const told = four && !bird ? encapsulation : VXLAN;
  const { FELIX_VXLANPORT, FELIX_VXLANVNI } = calico.node.environment;
  return { port: Number(FELIX_VXLANPORT) || told.port, vni: Number(FELIX_VXLANVNI) || told.vni };
}
