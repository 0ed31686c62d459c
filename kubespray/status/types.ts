/** What `calispray status` is told by nodes and API, and what it makes of that. */
import type { Finding } from '../../cluster/index.ts';
import type { Live, LiveNode, LiveObject } from '../live/index.ts';

/** Something that was read, or why it could not be. */
export type Known<T> = { readonly value: T } | { readonly unknown: string };

/** What one node says of itself (probe.ts). */
export interface NodeSeen {
  /** The interface that carries the node's address; null where none does. */
  readonly interface: { readonly name: string; readonly mtu: number } | null;
  /** Devices of Calico's tunnels and their MTU. */
  readonly tunnels: Readonly<Record<string, number>>;
  /** How many pods have which MTU on the node's side of their veth. */
  readonly pods: Readonly<Record<string, number>>;
  /** One for each BIRD that has a socket; empty where none runs. */
  readonly bird: readonly BirdSeen[];
}

export interface BirdSeen {
  readonly family: 4 | 6;
  /** Why it could not be asked; null where it answered. */
  readonly problem: string | null;
  /** Of `show protocols all`: the line of each BGP session and, indented below it, its neighbor and its last error. */
  readonly lines: readonly string[];
}

/** A BGP session as one end has it. */
export interface Session {
  /** The neighbor's address. */
  readonly peer: string;
  readonly established: boolean;
  /** `Established`, `Connect`, `Active`, `Idle`, …, with what BIRD says of it. */
  readonly state: string;
}

/** What the API says, asked with the stack's own kubeconfig. */
export interface ApiSeen {
  /** `1.35.4` */
  readonly kubernetes: Known<string>;
  readonly nodes: Known<readonly LiveNode[]>;
  /** As calico-node wrote it into ClusterInformation: `3.31.5`. */
  readonly calico: Known<string>;
  readonly pools: Known<readonly LiveObject[]>;
  readonly blocks: Known<readonly Block[]>;
  readonly policies: Known<readonly Named[]>;
}

/** An IPAM block in numbers. */
export interface Block {
  readonly cidr: string;
  /** The node that it belongs to; absent where none has it. */
  readonly node?: string;
  readonly inUse: number;
  /** Of those in use: held by other nodes than its own. */
  readonly borrowed: number;
}

/** Which object it is. */
export interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** A run as the controller remembers it. */
export interface RunSeen {
  readonly run: string;
  readonly state: string;
  readonly since: string;
  readonly seconds?: number;
  readonly message?: string;
}

/** Everything that was asked, whatever came of it. */
export interface Gathered {
  /** By name of the declared node. */
  readonly nodes: Readonly<Record<string, Known<NodeSeen>>>;
  readonly api: Known<ApiSeen>;
  /** As `refresh` and `plan --live` read it, over SSH. */
  readonly live: Known<Live>;
  /** Oldest first; empty where there was none yet. */
  readonly runs: Known<readonly RunSeen[]>;
  /** Steps that an `up` would take. */
  readonly steps: Known<number>;
  /** The lab: no kubelet of Kubernetes and no calico-node run there. */
  readonly lab: boolean;
}

export interface NodeStatus {
  readonly name: string;
  /** Of the stack; of a node that the stack does not name, the first that the API has. */
  readonly address: string;
  readonly roles: readonly string[];
  readonly declared: boolean;
  /** As the API has it; `absent` where it does not know the node, `outside` of one that runs etcd alone. */
  readonly state: Known<'ready' | 'not ready' | 'absent' | 'outside'>;
  readonly kubelet: Known<string>;
  /** Whether it answers over SSH; of a node that the stack does not name nobody asks. */
  readonly ssh: Known<true>;
}

export interface PoolUse {
  readonly name: string;
  readonly cidr: string;
  readonly disabled: boolean;
  readonly blocks: number;
  readonly addresses: number;
  readonly use: Known<{ readonly blocks: number; readonly addresses: number; readonly borrowed: number }>;
}

export interface MtuStatus {
  /** What the stack comes to: of pods and tunnels, and of the nodes' interfaces. */
  readonly declared: { readonly pods: number; readonly interfaces: number };
  /** How many pods have which MTU, on the nodes that answer. */
  readonly pods: Readonly<Record<string, number>>;
  /** By device: MTU → nodes that have it so. The nodes' own interfaces are `interface`. */
  readonly devices: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface BgpStatus {
  /** Sessions that are to be there, each counted at both ends; undefined where the topology does not say. */
  readonly expected?: number;
  readonly established: number;
  readonly sessions: readonly (Session & { readonly node: string })[];
}

export interface PolicyStatus {
  /** Of the declared ones, sets and tiers among them. */
  readonly declared: number;
  readonly staged: number;
  /** `NetworkPolicy production/allow-dns` */
  readonly missing: readonly string[];
  /** Policies that are there and that the stack does not name. */
  readonly others: readonly string[];
}

/** One document: `calispray status --json`. */
export interface Status {
  /** Nothing is wrong. What is not known is no fault by itself: the stack's `unknown` says it. */
  readonly ok: boolean;
  readonly cluster: string;
  readonly nodes: readonly NodeStatus[];
  readonly versions: {
    readonly kubespray: string;
    readonly kubernetes: Known<string>;
    readonly calico: Known<string>;
    /** Nodes on which calico-node is to run, and where it is ready. */
    readonly calicoNode: Known<{
      readonly desired: number;
      readonly ready: number;
      readonly notReady: readonly string[];
    }>;
  };
  readonly network: {
    /** Of the pool as it is live: `none`, `IP-in-IP always`, `VXLAN cross-subnet`. */
    readonly encapsulation: Known<string>;
    readonly declared: string;
    readonly wireguard: boolean;
  };
  readonly mtu: Known<MtuStatus>;
  readonly pools: Known<readonly PoolUse[]>;
  /** `none`: the backend runs no BGP. */
  readonly bgp: Known<BgpStatus | 'none'>;
  readonly policies: Known<PolicyStatus>;
  /** The last run; `none` where there was none yet. */
  readonly run: Known<RunSeen | 'none'>;
  readonly drift: Known<readonly Finding[]>;
  readonly steps: Known<number>;
  /** Sentences. */
  readonly wrong: readonly string[];
  readonly unknown: readonly { readonly what: string; readonly why: string }[];
}
