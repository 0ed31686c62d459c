import { range } from './cidr.ts';
import type { Cluster, Encapsulation } from './types.ts';

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
  readonly ipipMode: CalicoMode;
  readonly vxlanMode: CalicoMode;
  /** Addresses in one IPAM block; all of them are usable. */
  readonly blockAddresses: number;
  /** Blocks in the pool. A node takes as many as it needs. */
  readonly poolBlocks: number;
  readonly poolAddresses: number;
}

/** kubespray v2.31.0 inventory/sample/group_vars/k8s_cluster/k8s-net-calico.yml:43-47 */
export const overheadOf = { none: 0, ipip: 20, vxlan: 50, wireguard: 60 } as const;

export function deriveNetwork(cluster: Cluster): Network {
  const { encapsulation, wireguard, interfaceMtu, mtu, pool } = cluster.network;
  const overhead = Math.max(overheadOf[encapsulation.kind], wireguard ? overheadOf.wireguard : 0);
  const maxMtu = interfaceMtu - overhead;
  const poolPrefix = range(pool.cidr)?.prefix ?? 32;
  return Object.freeze({
    mtu: mtu === 'auto' ? maxMtu : mtu,
    maxMtu,
    overhead,
    backend: encapsulation.kind === 'vxlan' ? 'vxlan' : 'bird',
    ipipMode: modeOf('ipip', encapsulation),
    vxlanMode: modeOf('vxlan', encapsulation),
    blockAddresses: 2 ** (32 - pool.blockSize),
    poolBlocks: pool.blockSize < poolPrefix ? 0 : 2 ** (pool.blockSize - poolPrefix),
    poolAddresses: 2 ** (32 - poolPrefix),
  });
}

function modeOf(kind: 'ipip' | 'vxlan', encapsulation: Encapsulation): CalicoMode {
  if (encapsulation.kind !== kind) return 'Never';
  return encapsulation.mode === 'always' ? 'Always' : 'CrossSubnet';
}
