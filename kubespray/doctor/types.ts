/** What the doctor is told by nodes and API, and what it finds in that. The evidence is one document: `calispray doctor --collect FILE`. */
import type { BirdSeen, Known } from '../status/types.ts';
import type { Subject } from './subject.ts';

/** Everything that was gathered, by reading alone; secrets are taken out before it is judged or written. */
export interface Evidence {
  readonly version: 1;
  /** ISO 8601, of the workstation. */
  readonly at: string;
  /** The stack's `calispray:cluster` as it was, without keys and tokens: a dump is judged on another machine. */
  readonly declared: unknown;
  /** By name of the declared node. */
  readonly nodes: Readonly<Record<string, Known<NodeEvidence>>>;
  /** As the first control-plane node that answers reads it with the cluster's own kubeconfig. */
  readonly api: Known<ApiEvidence>;
  /** From every node that answers to every other one, silent ones too, and between their pods: measured, not compared. */
  readonly paths: readonly PathSeen[];
  /** Paths that could not be measured: from where, and why. Absent where all were. */
  readonly unmeasured?: readonly { readonly what: string; readonly why: string }[];
  /** The lab: no kubelet of Kubernetes, no calico-node and no policy enforcement run there. */
  readonly lab: boolean;
}

export interface NodeEvidence {
  /** The node's clock less the workstation's, in seconds, and half of the time that the asking took. */
  readonly clock: { readonly ahead: number; readonly within: number; readonly synchronized: boolean | null };
  readonly links: readonly LinkSeen[];
  /** Of all tables but `local`: as `ip -j route` has them, IPv4 and IPv6. */
  readonly routes: readonly RouteSeen[];
  /** `net/ipv4/ip_forward` → `1`: forwarding, rp_filter of all, default and the uplink, conntrack's count and max. */
  readonly sysctl: Readonly<Record<string, string>>;
  /** systemd units of interest that are active: `firewalld`, `NetworkManager`, `ufw`, `calico-node` … */
  readonly active: readonly string[];
  /** Whether NetworkManager is told to leave Calico's interfaces alone; null where there is no NetworkManager. */
  readonly networkManagerLeavesCalico: boolean | null;
  /** `legacy`, `nf_tables`, or null where there is no iptables; and how many rules each backend has. */
  readonly iptables: { readonly backend: string | null; readonly legacy: number; readonly nft: number };
  /** Rules of the node's own firewall that drop or reject, a line each with table and chain, those of Calico left out. */
  readonly drops: readonly string[];
  readonly bird: readonly BirdSeen[];
  readonly tunnels: readonly TunnelSeen[];
  /** Empty where WireGuard does not run. */
  readonly wireguard: readonly WireguardPeer[];
  /** Network namespaces of pods on this node, as they are. */
  readonly pods: readonly PodSeen[];
  /** Listening sockets: `tcp/179`. */
  readonly listening: readonly string[];
  /** /var/lib/calico/mtu, and the name that calico-node wrote down; null where there is none. */
  readonly calico: { readonly mtu: number | null; readonly nodename: string | null };
  /** `clusterDNS` of the kubelet's configuration; empty where there is none. */
  readonly clusterDns: readonly string[];
  /** Lines of calico-node's log that say one of the known sentences, newest last, 50 at most. */
  readonly log: readonly string[];
  /** Whether this node reaches the API server, and what it says. */
  readonly api: { readonly url: string; readonly ok: boolean; readonly said: string } | null;
}

export interface LinkSeen {
  readonly name: string;
  /** `veth`, `vxlan`, `bridge`, `wireguard`, `ipip` …; empty for a plain one. */
  readonly kind: string;
  readonly mtu: number;
  readonly up: boolean;
  /** With prefix length: `192.168.4.63/24`. */
  readonly addresses: readonly string[];
}

export interface RouteSeen {
  /** `10.244.0.64/26`, `default` */
  readonly to: string;
  readonly via?: string;
  readonly device?: string;
  /** `bird`, `80` (Felix), `kernel`, `static`, … */
  readonly protocol?: string;
  /** `blackhole`, `unicast`, … */
  readonly type?: string;
}

export interface TunnelSeen {
  /** `vxlan.calico`, `tunl0`, `wireguard.cali` */
  readonly device: string;
  readonly address: string | null;
  readonly mtu: number;
  /** VXLAN: UDP port and VNI. */
  readonly port?: number;
  readonly vni?: number;
  /** tx-checksum-ip-generic of ethtool(8); null where it cannot be asked. */
  readonly checksumOffload: boolean | null;
}

export interface WireguardPeer {
  readonly endpoint: string;
  /** Seconds since the latest handshake; null where there was none. */
  readonly handshake: number | null;
  readonly received: number;
  readonly sent: number;
}

export interface PodSeen {
  /** `production/web` where that is known. */
  readonly name: string | null;
  readonly address: string;
  /** Of the pod's own interface, and of the node's side of it. */
  readonly mtu: number;
  readonly hostMtu: number | null;
}

/** One direction between two nodes, or between a pod on each of them. */
export interface PathSeen {
  readonly layer: 'node' | 'pod';
  readonly from: string;
  readonly to: string;
  readonly fromAddress: string;
  readonly toAddress: string;
  /** A packet of 84 bytes: an answer, none, or what was said instead (`Destination Host Unreachable`). */
  readonly small: 'answered' | 'silent' | string;
  /** Largest IP packet with “do not fragment” that is answered, in bytes; null where not even a small one is. */
  readonly largest: number | null;
  /** MTU that the interface promises, in bytes: what `largest` should be. */
  readonly promised: number;
  /** MTU that a “fragmentation needed” named; null where nobody said anything. */
  readonly told: number | null;
  /** To a closed port of the other end: TCP is refused and UDP unreachable where packets with a checksum arrive. */
  readonly tcp: 'answered' | 'silent';
  readonly udp: 'answered' | 'silent';
  /** Ports of the other node that matter between nodes (`tcp/179`, `tcp/6443`): `open`, `refused`, `silent`. Of the layer `node` alone. */
  readonly ports: Readonly<Record<string, 'open' | 'refused' | 'silent'>>;
}

export interface ApiEvidence {
  readonly kubernetes: string;
  readonly nodes: readonly ApiNode[];
  /** Of kube-system (or calico-system), Calico's and DNS's alone: name, node, phase, ready, restarts and why it waits. */
  readonly pods: readonly ApiPod[];
  /** `kube-system/calico-node` → desired and ready. */
  readonly daemonSets: Readonly<Record<string, { readonly desired: number; readonly ready: number }>>;
  /** `namespace/name`, node, address and labels of every pod with an address that is not on the host network. */
  readonly addresses: readonly {
    readonly pod: string;
    readonly node: string;
    readonly address: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  /** Pods that wait for an address: the message of the event, or of their status. */
  readonly waiting: readonly { readonly pod: string; readonly node: string; readonly why: string }[];
  /** `spec` of Calico's objects as they are: pools, FelixConfiguration, BGP peers and BGPConfiguration. */
  readonly pools: readonly ApiObject[];
  readonly felix: readonly ApiObject[];
  readonly bgp: readonly ApiObject[];
  readonly peers: readonly ApiObject[];
  readonly blocks: readonly ApiBlock[];
  /** Policies of every kind with their whole spec, namespaces with labels: for the analyser. */
  readonly policies: readonly Readonly<Record<string, unknown>>[];
  readonly namespaces: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
}

export interface ApiNode {
  readonly name: string;
  readonly ready: boolean | null;
  readonly internal: readonly string[];
  /** `projectcalico.org/…` alone: IPv4Address, IPv4VXLANTunnelAddr, IPv4IPIPTunnelAddr, WireguardPublicKey. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ApiPod {
  readonly pod: string;
  readonly node: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly why: string;
}

export interface ApiObject {
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** An IPAM block with who holds what. */
export interface ApiBlock {
  readonly cidr: string;
  readonly node: string | null;
  /** Held addresses: `{ address, handle, pod?, node? }`; the tunnels' own have a handle and no pod. */
  readonly held: readonly {
    readonly address: string;
    readonly handle: string;
    readonly pod?: string;
    readonly node?: string;
  }[];
  readonly size: number;
}

/** Something that is wrong, in one word each: `path pod masternode→homelab silent`, `bgp homelab→192.168.4.63 Active`. */
export type Symptom = string;

/** What the doctor says. */
export interface Diagnosis {
  /** Stable name of the trouble: `mtu-larger-than-path`. docs/doctor.md has a section of that name. */
  readonly code: string;
  /** `broken`: traffic is lost now; `failing`: it will be; `risk`: it can be. */
  readonly severity: 'broken' | 'failing' | 'risk';
  /** What is wrong, one sentence with the values. */
  readonly message: string;
  /** Nodes that it is about. */
  readonly nodes: readonly string[];
  /** The lines that show it, each with where it was read: `homelab: net.ipv4.ip_forward = 0`. */
  readonly evidence: readonly string[];
  /** Why it matters, one sentence. */
  readonly why: string;
  /** Commands that mend it, each with where it is run (`on homelab`, `on the workstation`). */
  readonly mend: readonly { readonly on: string; readonly command: string }[];
  /** The change to the stack, where the stack is the cause. */
  readonly stack?: { readonly path: string; readonly from?: string; readonly to: string };
  /** Symptoms that this is the reason of. */
  readonly explains: readonly Symptom[];
  /** Concluded from symptoms alone, with nothing on a node that shows it: told only where no other finding explains them. */
  readonly inferred?: true;
  readonly reference?: string;
}

/** Judges the whole of the evidence; empty where the trouble is not there. One a file, in rules/. */
export interface Trouble {
  readonly code: string;
  /** As a heading: `A packet that the interface promises is too large for the path`. */
  readonly title: string;
  readonly judge: (subject: Subject) => Diagnosis[];
}

/** One document: `calispray doctor --json`. */
export interface Report {
  /** Nothing was found. */
  readonly ok: boolean;
  readonly cluster: string;
  readonly at: string;
  /** The one that explains most comes first. */
  readonly findings: readonly (Diagnosis & {
    /** Those that this one explains as well: they follow from it. */
    readonly follows: readonly string[];
  })[];
  /** Symptoms that nothing explains. */
  readonly unexplained: readonly Symptom[];
  /** What could not be looked at, and why. */
  readonly unknown: readonly { readonly what: string; readonly why: string }[];
}
