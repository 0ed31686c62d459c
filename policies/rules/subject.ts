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

/**
 * A subject with its parts in place, so that rules need not ask: what another program left out, or wrote as something
 * else, is empty.
 */
export function complete(subject: Partial<Subject> | undefined): Subject {
  const { variables, hosts, kubespray, network, paths } = record(subject);
  return {
    variables: record(variables),
    hosts: (Array.isArray(hosts) ? hosts : []).map(record).map((host) => ({
      name: text(host.name),
      address: text(host.address),
      groups: Array.isArray(host.groups) ? host.groups.map(text) : [],
      ...(host.hostKey === undefined ? {} : { hostKey: host.hostKey as HostKeyState }),
    })),
    network: { nodes: text(record(network).nodes), interfaceMtu: record(network).interfaceMtu as number },
    ...(kubespray === undefined ? {} : { kubespray: { version: text(record(kubespray).version) } }),
    paths: Object.fromEntries(Object.entries(record(paths)).map(([name, path]) => [name, text(path)])),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
