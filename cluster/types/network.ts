/** What is between nodes and pods: encapsulation, pools, BGP, dataplane, the second stack. */

export interface ClusterNetwork {
  /** Range that holds every node's address, e.g. `192.168.4.0/24`. */
  readonly nodes: string;
  /** MTU in bytes of the interface that carries the node's address; compared on every node before Ansible. */
  readonly interfaceMtu: number;
  readonly pods: string;
  readonly services: string;
  readonly pool: Pool;
  /** Pools beside the one that kubespray manages. */
  readonly furtherPools: readonly FurtherPool[];
  readonly encapsulation: Encapsulation;
  /** MTU in bytes of pods and tunnels; `auto` is what the encapsulation leaves of `interfaceMtu`. */
  readonly mtu: 'auto' | number;
  readonly bgp: Bgp;
  readonly wireguard: boolean;
  readonly dataplane: Dataplane;
  readonly ipam: Ipam;
  readonly autodetection: Autodetection;
  /** Absent: single stack, IPv4. */
  readonly ipv6?: Ipv6;
  readonly dns: { readonly nodeLocalCache: boolean; readonly address: string };
}

/** One way for packets between nodes; a union, so two of them can never be asked for at once. */
export type Encapsulation =
  | { readonly kind: 'none' }
  | { readonly kind: 'ipip'; readonly mode: TunnelMode }
  | {
      readonly kind: 'vxlan';
      readonly mode: TunnelMode;
      /** VXLAN network identifier. Default 4096. */
      readonly vni: number;
      /** UDP port between nodes. Default 4789. */
      readonly port: number;
    };

/** `always` for every packet between nodes, or only where sender and receiver are in different subnets. */
export type TunnelMode = 'always' | 'cross-subnet';

/** An IPPool: the one that kubespray manages, or a further one that Calispray applies through Calico's API. */
export interface Pool {
  readonly name: string;
  readonly cidr: string;
  /** Prefix length of one IPAM block: 26 is 64 addresses. */
  readonly blockSize: number;
  readonly natOutgoing: boolean;
}

export interface FurtherPool extends Pool {
  /** Default: that of the cluster. None, or the cluster's tunnel in a mode of its own: kubespray switches the other off. */
  readonly encapsulation: Encapsulation;
  /** Calico selector of the nodes that take addresses from it. Default `all()`. */
  readonly nodeSelector: string;
  /** Whether new pods get no address from it any more. */
  readonly disabled: boolean;
}

export interface Bgp {
  readonly as: number;
  /** `full-mesh`; `routers`: every node with `peers` alone; or nodes with the role route-reflector. */
  readonly topology: BgpTopology;
  /** Peers of every node. kubespray switches the mesh off where there are any. */
  readonly peers: readonly BgpPeer[];
  readonly listenPort: number;
  /** Service addresses told to peers. */
  readonly advertise: {
    readonly clusterIps: boolean;
    readonly externalIps: readonly string[];
    readonly loadBalancerIps: readonly string[];
  };
}

/** How nodes tell each other their routes. */
export type BgpTopology = 'full-mesh' | 'routers' | { readonly reflectors: { readonly clusterId: string } };

/** A BGP neighbour outside the cluster. */
export interface BgpPeer {
  /** Its IPv4 or IPv6 address. */
  readonly address: string;
  readonly as: number;
  /** Name of the BGPPeer; kubespray makes one of the address otherwise. */
  readonly name?: string;
  /** Names of BGPFilter objects. */
  readonly filters: readonly string[];
  /** Whether sessions start from the node's own address (Calico's UseNodeIP) or whatever the kernel picks. */
  readonly sourceAddress: 'node-ip' | 'none';
  /** How often the node's own AS may stand in a route that it takes. Absent: never. */
  readonly allowedLocalAs?: number;
}

/** What forwards packets and enforces policies on a node. */
export type Dataplane =
  | { readonly kind: 'iptables'; readonly backend: 'auto' | 'legacy' | 'nft'; readonly lockTimeoutSeconds: number }
  | { readonly kind: 'nftables' }
  | { readonly kind: 'ebpf'; readonly serviceMode: 'tunnel' | 'dsr'; readonly logLevel: 'off' | 'info' | 'debug' };

/** Who gives addresses to pods. */
export type Ipam =
  | {
      readonly kind: 'calico';
      /** A node uses addresses of its own blocks alone. */
      readonly strictAffinity: boolean;
      readonly autoAllocateBlocks: boolean;
      /** 0: Calico's own limit, 20. */
      readonly maxBlocksPerHost: number;
    }
  | {
      /** From the node's own range in the Kubernetes API, one prefix a node. */
      readonly kind: 'host-local';
      readonly nodePrefix: number;
      /** Of IPv6, in a dual-stack cluster. */
      readonly nodePrefix6: number;
    };

/** How Calico finds the address of a node. `auto`, as kubespray has it: can-reach the node's own address; for IPv6 first-found. */
export type Autodetection =
  | 'auto'
  | 'first-found'
  | 'kubernetes-internal-ip'
  | { readonly canReach: string }
  | { readonly interface: string }
  | { readonly skipInterface: string }
  | { readonly cidr: readonly string[] };

/** The second stack of a dual-stack cluster. */
export interface Ipv6 {
  /** Range that holds every node's `address6`. */
  readonly nodes: string;
  readonly pods: string;
  readonly services: string;
  readonly pool: Omit<Pool, 'name'>;
  /** Never ipip: Calico has none for IPv6. */
  readonly encapsulation: { readonly kind: 'none' } | { readonly kind: 'vxlan'; readonly mode: TunnelMode };
  readonly autodetection: Autodetection;
}
