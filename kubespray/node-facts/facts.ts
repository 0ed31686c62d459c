import type { Cluster, Finding, FindingClass, Node } from '../../cluster/index.ts';

/** What the probe says of a node; null where it could not find out (some of it without Python). */
export interface NodeFacts {
  /** ID and VERSION_ID of /etc/os-release: `debian`, `12`. */
  readonly os: string;
  readonly osVersion: string;
  readonly systemd: boolean;
  /** `3.11.2` */
  readonly python: string | null;
  /** MemTotal, as Ansible's ansible_memtotal_mb. */
  readonly memoryMiB: number | null;
  /** As `uname -m` has it: `x86_64`, `aarch64`. */
  readonly architecture?: string | null;
  /** `6.1.0-18-amd64` */
  readonly kernel?: string | null;
  /** File system at /sys/fs/cgroup: `cgroup2fs`, or `tmpfs` for version 1. */
  readonly cgroup?: string | null;
  /** Addresses of the nameserver lines in /etc/resolv.conf. */
  readonly nameservers?: readonly string[] | null;
  /** Whether the kernel has IPv6 at all, switched on. */
  readonly ipv6?: boolean;
  readonly modules?: Readonly<Partial<Record<KernelModule, ModuleState>>>;
  /** The tools of WireGuard: there, to be had from a repository, or not. `unknown` too where nobody asked. */
  readonly wireguardTools?: 'installed' | 'available' | 'missing' | 'unknown';
  /** A firewall service that is at work. */
  readonly firewall?: 'firewalld' | 'ufw' | null;
  /** The interface that carries the node's address; null where none does. */
  readonly interface: string | null;
  readonly interfaceMtu: number | null;
  /** The same for its IPv6 address; null too where it has none declared. */
  readonly interface6?: string | null;
  /** Clock of the node, milliseconds since 1970. */
  readonly time: number | null;
  readonly root: boolean;
  /** sudo works without a password. */
  readonly sudo: boolean;
  /** Who listens on the ports that the cluster needs; process is null where the probe may not see it. */
  readonly ports: readonly Listener[];
  /** Other nodes that this one was told to look for. */
  readonly peers?: readonly Peer[];
}

export type KernelModule = 'ipip' | 'vxlan' | 'wireguard' | 'ip_vs' | 'nf_tables' | 'dummy';

/** `absent`: the kernel's own list of modules is there and has no such one. `unknown`: there is no list, as in a container. */
export type ModuleState = 'loaded' | 'available' | 'absent' | 'unknown';

export interface Listener {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Name of the process (15 letters at most, as the kernel keeps it), or of the VXLAN interface. */
  readonly process: string | null;
}

export interface Peer {
  readonly address: string;
  /** Its sshd took a connection; null where a ping was enough. Looked at on the controller alone. */
  readonly ssh: boolean | null;
  /** It answered in any way: a connection, a refused one, a ping. */
  readonly reached: boolean;
}

/** A node's answer and what it is held to. */
export interface Asked {
  readonly node: Node;
  readonly cluster: Cluster;
  readonly facts: NodeFacts;
  /** The workstation's clock when the facts arrived, milliseconds since 1970. */
  readonly nowMs: number;
  /** Names of nodes that did not answer the workstation either. */
  readonly silent: ReadonlySet<string>;
}

/** A finding whose message goes on after the node's name: `has 900 MiB of memory`. */
export function finding({ node }: Asked, { message, ...rest }: Finding): Finding {
  return { ...rest, message: `${node.name} ${message}` };
}

/** kubespray v2.31.0, where it looks at its nodes. */
export const SETTINGS = 'kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0040-verify-settings.yml';

/** Refused, unless kubespray was told to go on all the same. */
export function asserted({ cluster }: Asked): FindingClass {
  return isOn(extra(cluster, 'ignore_assert_errors')) ? 'advice' : 'refused';
}

/** A variable that has no field, as the stack says it; undefined where it does not. */
export function extra({ kubespray }: Cluster, name: string): unknown {
  return kubespray.extraVariables[name];
}

/** What Ansible's `bool` takes for true. */
export function isOn(value: unknown): boolean {
  return value === true || /^(true|yes|on|1)$/i.test(String(value));
}

export function isIn(node: Node, ...roles: readonly Node['roles'][number][]): boolean {
  return roles.some((role) => node.roles.includes(role));
}

/** The part of a version that numbers say: `5.14.0-427.el9` is 5, 14, 0, 427. */
export function atLeast(version: string, ...least: readonly number[]): boolean {
  const have = (/^\d+(?:[.-]\d+)*/.exec(version)?.[0] ?? '').split(/[.-]/).map(Number);
  for (const [i, part] of least.entries()) if ((have[i] ?? 0) !== part) return (have[i] ?? 0) > part;
  return true;
}
