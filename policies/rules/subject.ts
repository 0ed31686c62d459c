import type { Finding, FindingClass } from '../../cluster/finding.ts';

/** How a host's key is known before connecting to it. */
export type HostKeyState = 'pinned' | 'known-hosts' | 'accept-new' | 'absent';

/** What a rule judges: what kubespray is told, by whoever wrote it. The inputs of `calispray:kubespray:Inventory`. */
export interface Subject {
  /** Flat: what the group_vars say, extra variables included. Absent ones have kubespray's default. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly hosts: readonly {
    readonly name: string;
    readonly address: string;
    /** `kube_control_plane`, `etcd`, `kube_node`. */
    readonly groups: readonly string[];
    readonly hostKey?: HostKeyState;
  }[];
  readonly network: { readonly nodes: string; readonly interfaceMtu: number };
  readonly kubespray?: { readonly version: string };
  /** Variable → field of the stack file that it comes from. */
  readonly paths?: Readonly<Record<string, string>>;
}

/** One thing that can be wrong, with the one way to see it. */
export interface Rule {
  /** Stable kebab-case name; the findings carry it. */
  readonly code: string;
  /** What a good cluster has, as a sentence. */
  readonly title: string;
  readonly class: FindingClass;
  /** What happens otherwise. */
  readonly description: string;
  /** Upstream source of the fact. */
  readonly reference: string;
  /** Never throws, whatever the variables hold. */
  judge(subject: Subject): Finding[];
}
