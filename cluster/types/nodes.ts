/** The nodes, and how the workstation reaches them. */
import type { BgpPeer } from './network.ts';
import type { Labels } from './policies.ts';

export interface Node {
  readonly name: string;
  /** IPv4 address that carries the cluster's traffic, SSH included. */
  readonly address: string;
  /** IPv6 address, in a dual-stack cluster. */
  readonly address6?: string;
  readonly roles: readonly Role[];
  readonly labels: Labels;
  /** `key=value:NoSchedule`, as kubectl writes them. */
  readonly taints: readonly string[];
  /** `debian-12`, `rocky-9`: ID and VERSION_ID of /etc/os-release. Needed where WireGuard's packages depend on it. */
  readonly os?: string;
  /** Name of its etcd member. Default: the node's. Absent: it has none. */
  readonly etcdMember?: string;
  readonly bgp: {
    /** AS number of this node alone. Absent: `network.bgp.as`. */
    readonly as?: number;
    /** Peers of this node alone, beside `network.bgp.peers`. */
    readonly peers: readonly BgpPeer[];
  };
  readonly ssh: Ssh;
}

export type Role = 'control-plane' | 'etcd' | 'worker' | 'route-reflector';

/** How the workstation reaches a node. */
export interface Ssh {
  readonly user: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…`, or `accept-new`: trust whatever the host shows the first time. Absent: see `knownHosts`. */
  readonly hostKey?: string;
  /** Path of a private key file on the workstation; `~` and `${CALISPRAY_LAB_DIR}` are still unexpanded. */
  readonly key?: string;
  /** Ask the ssh-agent for keys. Default: when there is no `key`. */
  readonly agent: boolean;
  /** Path of a known_hosts file, which gives the host key where `hostKey` is absent; unexpanded too. */
  readonly knownHosts?: string;
  /** Whether commands that need root go through sudo. Default: unless the user is root. */
  readonly become: boolean;
  readonly jump?: JumpHost;
}

/** A host between the workstation and a node. */
export interface JumpHost {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey?: string;
  /** Default: the node's own `key`. */
  readonly key?: string;
}
