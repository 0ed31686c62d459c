/**
 * The lab's fixed shape: VMStation's three hosts at their own addresses (spec/calico-cni.md), the workstation that runs
 * `calispray`, and the router whose network namespace carries the LAN's bridge.
 */
import { UserError } from '../cluster/finding.ts';

/** A machine on the LAN. `kind: 'node'` has a disk, systemd and sshd; the others are a network namespace and nothing else. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly kind: 'node' | 'workstation' | 'router';
}

export const prefixLength = 24;
export const lanMtu = 1500;
/** Name of the user with `sudo` on every node, next to root. */
export const sudoer = 'ops';

export const router: Machine = { name: 'router', address: '192.168.4.1', kind: 'router' };
export const workstation: Machine = { name: 'workstation', address: '192.168.4.10', kind: 'workstation' };
export const nodes: readonly Machine[] = [
  { name: 'masternode', address: '192.168.4.63', kind: 'node' },
  { name: 'storagenodet3500', address: '192.168.4.61', kind: 'node' },
  { name: 'homelab', address: '192.168.4.62', kind: 'node' },
];
export const machines: readonly Machine[] = [router, workstation, ...nodes];
export const machineNames: readonly string[] = machines.map((machine) => machine.name);

/** Names become part of namespace, cgroup and folder names: lower case, short, no path in them. */
const labName = /^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$/;

/** The lab's name: the argument, else `CALISPRAY_LAB`, else `lab`. */
export function resolveLabName(name: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const resolved = name ?? (env.CALISPRAY_LAB || 'lab');
  if (labName.test(resolved)) return resolved;
  throw UserError.of(
    'lab-name',
    'CALISPRAY_LAB',
    `"${resolved}" is not a name for a lab`,
    'use up to 24 lower-case letters, digits and hyphens, beginning and ending with a letter or digit',
  );
}

/** `calispray-<lab>-<machine>`: network namespace and cgroup of one machine of one lab. */
export function scopeName(lab: string, machine: string): string {
  return `calispray-${lab}-${machine}`;
}

/** Where the network namespace of a machine is mounted. */
export function netnsPath(lab: string, machine: string): string {
  return `/run/netns/${scopeName(lab, machine)}`;
}

/** The same hosts file for every node: their names, and no more than a LAN of this size would have. */
export function hostsFile(): string {
  const lines = ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback'];
  return `${[...lines, ...nodes.map((n) => `${n.address} ${n.name}`)].join('\n')}\n`;
}
