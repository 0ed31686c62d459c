/**
 * The cluster as data: what a stack file says once it is parsed, every default filled in. Deeply frozen.
 */

/** One way for packets between nodes; a union, so two of them can never be asked for at once. */
export type Encapsulation = { readonly kind: 'none' } | { readonly kind: 'ipip' | 'vxlan'; readonly mode: TunnelMode };

/** `always` for every packet between nodes, or only where sender and receiver are in different subnets. */
export type TunnelMode = 'always' | 'cross-subnet';

export type Role = 'control-plane' | 'etcd' | 'worker';

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
}

export interface Node {
  readonly name: string;
  /** IPv4 address that carries the cluster's traffic, SSH included. */
  readonly address: string;
  readonly roles: readonly Role[];
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
  /** Escape hatch: variables we do not model, or that override ours (and are judged all the same). */
  readonly extraVariables: Readonly<Record<string, unknown>>;
}

export interface ClusterNetwork {
  /** Range that holds every node's address, e.g. `192.168.4.0/24`. */
  readonly nodes: string;
  /** MTU in bytes of the interface that carries the node's address; compared on every node before Ansible. */
  readonly interfaceMtu: number;
  readonly pods: string;
  readonly services: string;
  readonly pool: {
    readonly name: string;
    readonly cidr: string;
    /** Prefix length of one IPAM block: 26 is 64 addresses. */
    readonly blockSize: number;
    readonly natOutgoing: boolean;
  };
  readonly encapsulation: Encapsulation;
  /** MTU in bytes of pods and tunnels; `auto` is what the encapsulation leaves of `interfaceMtu`. */
  readonly mtu: 'auto' | number;
  readonly bgp: { readonly as: number };
  readonly wireguard: boolean;
  readonly dns: { readonly nodeLocalCache: boolean; readonly address: string };
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
  /** Sources that may reach pods. Default: the pod range and the node range. */
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
  /** First those of `kubespray.order`, then the others by name. */
  readonly nodes: readonly Node[];
  readonly network: ClusterNetwork;
  readonly felix: { readonly metrics: { readonly enabled: boolean; readonly port: number } };
  readonly policies: Policies;
  readonly monitoring: 'prometheus' | 'none';
}
