import type { Finding, FindingClass } from '../../cluster/finding.ts';
import { record } from '../../cluster/raw.ts';
import { changeFrom } from '../../kubespray/plan/read.ts';
import type { Change } from '../../kubespray/plan/types.ts';

/** How a host's key is known before connecting to it. */
export type HostKeyState = 'pinned' | 'known-hosts' | 'accept-new' | 'absent';

/** One host of the inventory. */
export interface SubjectHost {
  readonly name: string;
  readonly address: string;
  readonly address6?: string;
  /** `kube_control_plane`, `etcd`, `kube_node`, `calico_rr`. */
  readonly groups: readonly string[];
  readonly hostKey?: HostKeyState;
  /** The same of the jump host in front of it, where there is one. */
  readonly jumpHostKey?: HostKeyState;
  /** `debian-12`: ID and VERSION_ID of its /etc/os-release. */
  readonly os?: string;
  /** Host variables: `local_as`, `peers`, … */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What a rule judges: what kubespray is told, by whoever wrote it. The inputs of `calispray:kubespray:Inventory`. */
export interface Subject {
  /** Flat: what the group_vars say, extra variables included. Absent ones have kubespray's default. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly hosts: readonly SubjectHost[];
  readonly network: { readonly nodes: string; readonly nodes6?: string; readonly interfaceMtu: number };
  readonly kubespray?: { readonly version: string };
  /** What Ansible is passed with `-e`, as JSON: stronger than any variable of the inventory. */
  readonly extraVars?: Readonly<Record<string, unknown>>;
  /** Names of the inventory's files, `group_vars/all/all.yml`, seen from the folder that holds the hosts file. */
  readonly files?: readonly string[];
  /** Image of a verification's pods, where the stack names one. */
  readonly verifyImage?: string;
  /** Variable → field of the stack file that it comes from. */
  readonly paths?: Readonly<Record<string, string>>;
  /** What was carried out before and what is declared now; absent where nothing was, and in an `up`. */
  readonly change?: Change;
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
  const { variables, hosts, kubespray, network, paths, extraVars, files, verifyImage, change: given } = record(subject);
  const change = changeFrom(given);
  const { nodes, nodes6, interfaceMtu } = record(network);
  return {
    variables: record(variables),
    hosts: (Array.isArray(hosts) ? hosts : []).map((host) => completeHost(record(host))),
    network: {
      nodes: text(nodes),
      ...(nodes6 === undefined ? {} : { nodes6: text(nodes6) }),
      interfaceMtu: interfaceMtu as number,
    },
    ...(kubespray === undefined ? {} : { kubespray: { version: text(record(kubespray).version) } }),
    ...(extraVars === undefined ? {} : { extraVars: record(extraVars) }),
    ...(Array.isArray(files) ? { files: files.map(text) } : {}),
    ...(verifyImage === undefined ? {} : { verifyImage: text(verifyImage) }),
    paths: Object.fromEntries(Object.entries(record(paths)).map(([name, path]) => [name, text(path)])),
    ...(change === undefined ? {} : { change }),
  };
}

function completeHost(host: Record<string, unknown>): SubjectHost {
  return {
    name: text(host.name),
    address: text(host.address),
    ...(host.address6 === undefined ? {} : { address6: text(host.address6) }),
    // A template in place of the list: no group is known.
    groups: (Array.isArray(host.groups) ? host.groups : [host.groups]).map(text).filter((group) => group !== ''),
    ...(host.hostKey === undefined ? {} : { hostKey: host.hostKey as HostKeyState }),
    ...(host.jumpHostKey === undefined ? {} : { jumpHostKey: host.jumpHostKey as HostKeyState }),
    ...(host.os === undefined ? {} : { os: text(host.os) }),
    ...(host.variables === undefined ? {} : { variables: record(host.variables) }),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
