/**
 * What a cluster was built with, what it shall be built with, and how the one becomes the other. The controller keeps the
 * former as applied.json, gets the latter as desired.json with every inventory, and carries out what differs, fact by fact.
 */
import type { Migrate } from '../../cluster/index.ts';

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
  /** Hosts that kubespray cannot do without: the first of their groups. The order of the others is no fact. */
  readonly first: { readonly controlPlane: string; readonly etcd: string };
  /** BGP peers by the name their BGPPeer object has, as kubespray makes them. */
  readonly peers: Readonly<Record<string, PeerFact>>;
}

/** What a BGPPeer is made of, in kubespray's words; `node`: the only host that has it, and that it comes and goes with. */
export type PeerFact = { readonly node?: string } & Readonly<Record<string, unknown>>;

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
  /** Host variables that the step `label` carries out: labels, taints. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Host variables that the network part carries out: AS number. Its peers are in `Facts.peers`. */
  readonly calico: Readonly<Record<string, unknown>>;
}

/** What can be carried out. One run on the controller each. */
export type StepKind =
  | 'build' // nothing is there yet
  | 'converge' // the whole cluster.yml on a cluster that is there
  | 'upgrade'
  | 'migrate' // encapsulation: patch, wait, change
  | 'calico' // check part and network part
  | 'label' // labels and taints of hosts that have joined
  | 'join' // workers
  | 'join-control-plane'
  | 'join-etcd' // also where the host is of the control plane besides
  | 'remove'
  | 'remove-dead'
  | 'unpeer' // a BGPPeer object that kubespray would leave
  | 'reset';

export type JoinKind = 'join' | 'join-control-plane' | 'join-etcd';

/** One call of a step, in their order; the step has failed with the first that fails. */
export type Call = PlaybookCall | CommandCall;

/** One call of ansible-playbook. */
export interface PlaybookCall extends Seen {
  /** Below kubespray's folder: `cluster.yml`. */
  readonly playbook: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** With --limit: `new` is the hosts that this step joins; any other text as it is. Absent: none. */
  readonly limit?: string;
  /** Passed as JSON with -e, after those of extra-vars.json. The text `{node}` stands for the host that leaves. */
  readonly extraVars?: Readonly<Record<string, unknown>>;
}

/**
 * One command on hosts, as root, by the module ansible.builtin.command. It is run until it succeeds, `tries` times at the
 * most with `delaySeconds` between; it may be asked for again after it succeeded.
 */
export interface CommandCall extends Seen {
  /** What it is for, in the log and for whoever follows: `FelixConfiguration: vxlanEnabled on`. */
  readonly name: string;
  /** No shell. The texts `{node}` and `{peer}` stand for the host that leaves and the BGPPeer that goes. */
  readonly command: readonly string[];
  /** Ansible's pattern: `kube_control_plane[0]`, `k8s_cluster`. */
  readonly on: string;
  /** Default 1. */
  readonly tries?: number;
  /** Default 0. */
  readonly delaySeconds?: number;
}

/** What a call sees of the cluster. */
export interface Seen {
  /** Of the inventory now declared (default), or of the one last carried out: a host that leaves is only in that. */
  readonly inventory?: 'desired' | 'applied';
  /**
   * Hosts that its hosts.yaml has: `members`, those of applied.json; default: these and those that the step joins; at
   * `build` and `reset` all. The others are left out, not limited away: kubespray stops at a --limit as long as hosts outside
   * it have no facts (kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0040-verify-settings.yml:2), and its templates
   * would name hosts that are not there yet.
   */
  readonly sees?: 'members';
  /** Made only where the host of the step was in one of these groups when it was last carried out. */
  readonly ifIn?: readonly string[];
}

/** One run that a change leads to. */
export interface Step {
  readonly kind: StepKind;
  /** Hosts it is about: those that join or leave; otherwise all that have joined and stay. */
  readonly hosts: readonly string[];
  /** BGPPeer objects that it takes away. */
  readonly peers?: readonly string[];
  readonly calls: readonly Call[];
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
  /** Name of the host, or of the BGPPeer object, that it is about. */
  readonly host?: string;
  readonly peer?: string;
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
  readonly migrate?: Migrate;
}

/**
 * desired.json on the controller, whose runner decides as planOf does. Whichever fact asks, as long as its part of the
 * applied facts is not its part of the desired ones, the first of these that is due is carried out, and then it looks again:
 * 1. build: nothing is applied
 * 2. nothing, with a refusal: a name of `fixed`, or address, address6 or etcdMember of a member differ (the preview said so)
 * 3. upgrade: release.version or .kubernetes differ
 * 4. migrate: a name of `migrates` differs
 * 5. converge: release.source or settings differ
 * 6. calico: calico, the calico of a member, or a peer differs (not one that goes, nor one of a host that has not joined),
 *    or a member became a route reflector (gained `calico_rr`)
 * 7. label: the settings of a member differ
 * 8. the `joins` of all hosts that are not applied or gained another group, a kind at a time: etcd, control plane, workers
 * A host that is applied and not desired: remove, or remove-dead where `removeDead` names it. A peer: unpeer. A member is a
 * host of both.
 *
 * What a step has carried out, in applied.json:
 * - build: everything. reset: nothing is left
 * - upgrade, converge, join-control-plane, join-etcd: release, settings, calico, peers (not those of hosts that have not
 *   joined), settings, calico and `calico_rr` of every member; the join kinds also their hosts, and the peers of these.
 *   Peers and hosts that leave stay
 * - migrate, calico: calico, peers (as above), calico and `calico_rr` of every member. label: settings of every member
 * - join: its hosts and their peers. remove, remove-dead: drops the host. unpeer: drops the peer
 */
export interface Desired {
  readonly facts: Facts;
  /** hosts.yaml as a value, so that the runner can leave hosts out of a run's inventory (JSON is YAML). */
  readonly hosts: Readonly<Record<string, unknown>>;
  /** kubespray's folder below `~/.calispray/CLUSTER`: `kubespray-0123abcd`. */
  readonly folder: string;
  readonly how: Readonly<Record<StepKind, readonly Call[]>>;
  /** How each host joins. */
  readonly joins: Readonly<Record<string, JoinKind>>;
  /** Names of settings and of calico that no run can change; those of hosts are their address, address6 and etcdMember. */
  readonly fixed: { readonly settings: readonly string[]; readonly calico: readonly string[] };
  /** Names of calico that the declared migration changes; empty where none is declared. */
  readonly migrates: readonly string[];
  readonly removeDead: readonly string[];
  readonly runs: { readonly limitSeconds: number; readonly keep: number; readonly forks: number };
}
