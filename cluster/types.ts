/**
 * The cluster as data: what a stack file says once it is parsed, every default filled in. Deeply frozen.
 */

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

export type Role = 'control-plane' | 'etcd' | 'worker' | 'route-reflector';

/** A host between the workstation and a node. */
export interface JumpHost {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey?: string;
  /** Default: the node's own `key`. */
  readonly key?: string;
}

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

export interface Kubespray {
  /** Tag of a release, `v2.31.0`. */
  readonly version: string;
  /** A Git repository that the controller can clone, or a path on the workstation brought along (unexpanded). */
  readonly source: { readonly git: string } | { readonly path: string };
  /** Name of the node that runs Ansible. Default: the first control-plane node. */
  readonly controller: string;
  /**
   * Control-plane and etcd nodes in the order they joined: new ones go last, the first can never be removed (kubespray v2.31.0
   * docs/operations/nodes.md). Needed where there is more than one, since the engine sorts the keys of a stack file.
   */
  readonly order: readonly string[];
  /** Escape hatch: variables that have no field here. */
  readonly extraVariables: Readonly<Record<string, unknown>>;
}

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

/** How Calico finds the address of a node. `auto`, as kubespray has it: can-reach the node's own address; for IPv6 first-found. */
export type Autodetection =
  | 'auto'
  | 'first-found'
  | 'kubernetes-internal-ip'
  | { readonly canReach: string }
  | { readonly interface: string }
  | { readonly skipInterface: string }
  | { readonly cidr: readonly string[] };

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

/** How nodes tell each other their routes. */
export type BgpTopology = 'full-mesh' | 'routers' | { readonly reflectors: { readonly clusterId: string } };

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

/** Kubernetes' own quantities: `150m`, `64M`; `0` is no limit. */
export interface Resources {
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  readonly memoryRequest: string;
  readonly memoryLimit: string;
}

/** Log levels from much to little. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'fatal';

export interface Kubernetes {
  /** `1.35.4`. Absent: the default of the kubespray release. */
  readonly version?: string;
  /** `none`: no kube-proxy at all, for a dataplane that does its work. */
  readonly proxy: 'ipvs' | 'iptables' | 'nftables' | 'none';
  /** Pods a node may run: kubelet's limit, whatever IPAM leaves. */
  readonly maxPods: number;
}

/** Image of a part of Calico, for a registry of one's own. */
export interface Image {
  readonly repository?: string;
  readonly tag?: string;
}

export interface Calico {
  /** `3.31.5`. Absent: the default of the kubespray release. */
  readonly version?: string;
  readonly datastore: 'kdd' | 'etcd';
  /** Whether projectcalico.org/v3 is served to kubectl. `auto`: where something of the stack needs it. */
  readonly apiServer: 'auto' | boolean;
  /** Whether policies are enforced at all. */
  readonly networkPolicy: boolean;
  readonly node: {
    readonly resources: Resources;
    /** One `key: value` line. Default `kubernetes.io/os: linux`. */
    readonly nodeSelector: string;
    readonly logLevel: 'debug' | 'info' | 'warning' | 'fatal';
    readonly startupLogLevel: 'debug' | 'info' | 'warning' | 'error' | 'fatal';
    readonly livenessTimeoutSeconds: number;
    readonly readinessTimeoutSeconds: number;
    readonly environment: Readonly<Record<string, string>>;
    readonly kubeconfigTimeoutSeconds: number;
  };
  readonly cni: {
    readonly name: string;
    /** `none`: no log file. */
    readonly logFile: string;
    readonly ipForwarding: boolean;
    readonly featureControl: Readonly<Record<string, boolean | string>>;
  };
  readonly kubeControllers: {
    readonly resources: Resources;
    readonly nodeSelector: string;
    readonly logLevel: 'debug' | 'info' | 'warning' | 'error' | 'fatal';
  };
  /** Absent: no Typha. */
  readonly typha?: {
    readonly replicas: number;
    /** TLS between Typha and calico-node. */
    readonly secure: boolean;
    readonly maxConnectionsLowerLimit: number;
    readonly metrics: { readonly enabled: boolean; readonly port: number };
  };
  readonly usageReporting: boolean;
  readonly images: Readonly<Partial<Record<'node' | 'cni' | 'kubeControllers' | 'typha' | 'apiServer', Image>>>;
}

export interface Felix {
  readonly metrics: {
    readonly enabled: boolean;
    readonly port: number;
    /** Metrics of the Go runtime, and of the process. */
    readonly go: boolean;
    readonly process: boolean;
  };
  /** Of FelixConfiguration; `calico.node.logLevel`, an environment variable, wins over it. */
  readonly logSeverity: LogLevel;
  readonly chainInsertMode: 'insert' | 'append';
  readonly endpointToHostAction: 'return' | 'accept' | 'drop';
  /** Go duration, `0s` is never. */
  readonly reportingInterval: string;
  readonly floatingIps: boolean;
  readonly ignoreLooseRpf: boolean;
  /** `ChecksumOffloadBroken: 'true'` and the like. */
  readonly featureDetectOverride: Readonly<Record<string, string>>;
  /** Regular expression of the interfaces whose MTU is looked at. Absent: Calico's own. */
  readonly mtuInterfacePattern?: string;
  readonly healthHost: string;
  readonly useDefaultRouteSourceAddress: boolean;
}

/** Labels that a pod must carry, all of them. */
export type Labels = Readonly<Record<string, string>>;

/** Prometheus may reach `pods` of `namespace` on `port` (TCP). */
export interface PrometheusScraping {
  readonly namespace: string;
  readonly pods: Labels;
  readonly from: { readonly namespace: string; readonly pods: Labels };
  readonly port: number;
}

/** The GlobalNetworkPolicy `allow-cluster-internal`. */
export interface ClusterInternal {
  readonly order: number;
  /** Sources that may reach pods. Default: the pod ranges and the node ranges. */
  readonly nets: readonly string[];
  /** Namespaces it does not select. Default: those of `defaultDenyIngress`, which it would cancel. */
  readonly except: readonly string[];
}

/** A Kubernetes or Calico policy written out in full. */
export interface PolicyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface Policies {
  /** Namespaces to create. */
  readonly namespaces: readonly string[];
  /** Namespaces that get `default-deny-ingress`. */
  readonly defaultDenyIngress: readonly string[];
  /** Namespaces that get `allow-dns`. */
  readonly allowDns: readonly string[];
  readonly allowPrometheusScraping: readonly PrometheusScraping[];
  /** Absent: no such policy. */
  readonly allowClusterInternal?: ClusterInternal;
  /** Policies of one's own, as they would be applied with kubectl. */
  readonly extra: readonly PolicyObject[];
}

export interface Cluster {
  readonly apiVersion: 'calispray/v1';
  /** DNS label; names the remote folder on the controller and the kubeconfig's context. */
  readonly name: string;
  readonly kubespray: Kubespray;
  readonly kubernetes: Kubernetes;
  /** First those of `kubespray.order`, then the others by name. */
  readonly nodes: readonly Node[];
  readonly network: ClusterNetwork;
  readonly calico: Calico;
  readonly felix: Felix;
  readonly policies: Policies;
  readonly monitoring: 'prometheus' | 'none';
}
