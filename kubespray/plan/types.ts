/**
 * What a cluster was built with, what it shall be built with, and how the one becomes the other. The controller keeps the
 * former as applied.json, gets the latter as desired.json with every inventory, and carries out what differs, fact by fact.
 */
import type { Encapsulation } from '../../cluster/index.ts';

/** Everything that decides what a cluster is; nothing of how it is reached (user, port, keys, host keys, order, comments). */
export interface Facts {
  readonly cluster: string;
  readonly release: ReleaseFact;
  /** Variables that only a whole run of cluster.yml carries out: name → value; of an extra variable, a digest of its value. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Variables of Calico, which the network part carries out: name → value; without the BGP peers. */
  readonly calico: Readonly<Record<string, unknown>>;
  /** By name. */
  readonly hosts: Readonly<Record<string, HostFact>>;
  /** BGP peers by the name their BGPPeer object has, as kubespray makes them. */
  readonly peers: Readonly<Record<string, unknown>>;
}

export interface ReleaseFact {
  /** Tag of kubespray: `v2.31.0`. */
  readonly version: string;
  /** `1.35.4`, also where the stack leaves it to the release. */
  readonly kubernetes: string;
  /** Digest of what is run: repository and commit, or the tar brought along. Another one alone means a run of cluster.yml. */
  readonly source: string;
}

export interface HostFact {
  readonly address: string;
  readonly address6?: string;
  /** Groups of the inventory, sorted. */
  readonly groups: readonly string[];
  readonly etcdMember?: string;
  /** Host variables that cluster.yml carries out: labels, taints. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Host variables that the network part carries out: AS number, peers. */
  readonly calico: Readonly<Record<string, unknown>>;
}

/** What can be carried out. One run on the controller each. */
export type StepKind =
  | 'build' // nothing is there yet
  | 'converge' // the whole cluster.yml on a cluster that is there
  | 'upgrade'
  | 'migrate' // encapsulation: patch, wait, change
  | 'calico' // check part and network part
  | 'join' // workers
  | 'join-control-plane'
  | 'join-etcd'
  | 'remove'
  | 'remove-dead'
  | 'unpeer' // a BGPPeer object that kubespray would leave
  | 'reset';

/** One call of ansible-playbook. */
export interface PlaybookCall {
  /** Below kubespray's folder: `cluster.yml`. */
  readonly playbook: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** `new`: the hosts that this step joins; `members`: those that have joined; a text: as it is. Absent: all. */
  readonly limit?: { readonly hosts: 'new' | 'members' } | string;
  /** Passed as JSON with -e. The text `{node}` stands for the host that is removed. */
  readonly extraVars?: Readonly<Record<string, unknown>>;
  /** Of the inventory now declared, or of the one last carried out (a host that is removed is only in that). */
  readonly inventory?: 'desired' | 'applied';
}

/** One run that a change leads to. */
export interface Step {
  readonly kind: StepKind;
  /** Hosts it is about: those that join or leave; all members otherwise. */
  readonly hosts: readonly string[];
  readonly calls: readonly PlaybookCall[];
  /** Why: one sentence. */
  readonly reason: string;
  /** What it does to what runs: pods that keep an old MTU, restarts of calico-node, drains. One sentence each. */
  readonly effects: readonly string[];
  /** How long such a run takes on ordinary machines, in minutes, from … to. */
  readonly minutes: readonly [number, number];
}

/** One line of what differs, with the field of the stack file: `~ network.mtu: 1440 → 1400`. */
export interface Difference {
  readonly sign: '+' | '-' | '~';
  /** Field of the stack file. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** The step that carries it out; absent where a rule refuses it. */
  readonly step?: StepKind;
}

export interface Plan {
  /** Nothing was built yet. */
  readonly first: boolean;
  readonly differences: readonly Difference[];
  /** In the order they are carried out; empty where nothing runs. */
  readonly steps: readonly Step[];
}

/** What the rules of policies/rules/change judge. */
export interface Change {
  readonly applied: Facts;
  readonly desired: Facts;
  /** Hosts that are gone for good: `kubespray.removeDead`. */
  readonly removeDead: readonly string[];
  /** The declared migration, `migrate`. */
  readonly migrate?: { readonly encapsulation?: { readonly from: Encapsulation } };
}

/** desired.json on the controller. */
export interface Desired {
  readonly facts: Facts;
  /** kubespray's folder below `~/.calispray/CLUSTER`: `kubespray-0123abcd`. */
  readonly folder: string;
  readonly how: Readonly<Record<StepKind, readonly PlaybookCall[]>>;
  /** How each host joins. */
  readonly joins: Readonly<Record<string, 'join' | 'join-control-plane' | 'join-etcd'>>;
  readonly removeDead: readonly string[];
  readonly runs: { readonly limitSeconds: number; readonly keep: number; readonly forks: number };
}
