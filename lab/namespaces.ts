/**
 * Network namespaces with a name. Each is recorded before it is made and again, by inode, once it is there: that is
 * how a namespace of ours is told from one that only has the same name.
 */
import { mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { UserError } from '../cluster/finding.ts';
import { CommandError, run } from './command.ts';
import type { LabRecord } from './state.ts';
import { netnsPath, scopeName } from './topology.ts';

const nsfsMagic = 0x6e736673; // NSFS_MAGIC, include/uapi/linux/magic.h

/** What stands under a machine's name: nothing, ours (with its inode where it is whole), or somebody else's. */
export type NamespaceState = { is: 'absent' } | { is: 'ours'; inode?: number } | { is: 'foreign' };

export function namespaceState(lab: string, machine: string, record: LabRecord): NamespaceState {
  const path = netnsPath(lab, machine);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { is: 'absent' };
  const recorded = record.namespaces[machine];
  const inode = statfsSync(path).type === nsfsMagic ? stat.ino : undefined;
  if (recorded === 'making') return inode === undefined ? { is: 'ours' } : { is: 'ours', inode };
  if (recorded !== undefined && inode === recorded) return { is: 'ours', inode };
  // A removal that was killed between its two steps leaves the empty file the namespace was mounted on.
  if (recorded !== undefined && inode === undefined && stat.size === 0) return { is: 'ours' };
  return { is: 'foreign' };
}

/** Inodes of these machines' namespaces that are ours: recorded, or made by a command that was killed before it said so. */
export function ourNamespaces(lab: string, machineNames: readonly string[], record: LabRecord): Set<number> {
  const inodes = machineNames.flatMap((machine) => {
    const state = namespaceState(lab, machine, record);
    return [state.is === 'ours' ? state.inode : undefined, recordedInode(record, machine)];
  });
  return new Set(inodes.filter((inode) => inode !== undefined));
}

export function recordedInode(record: LabRecord, machine: string): number | undefined {
  const recorded = record.namespaces[machine];
  return typeof recorded === 'number' ? recorded : undefined;
}

/** Refuses to touch a namespace that has one of our names and is not ours. */
export function refuseForeign(lab: string, machineNames: readonly string[], record: LabRecord): void {
  const foreign = machineNames.filter((machine) => namespaceState(lab, machine, record).is === 'foreign');
  if (foreign.length === 0) return;
  const names = foreign.map((machine) => scopeName(lab, machine)).join(', ');
  throw UserError.of(
    'namespace-taken',
    'CALISPRAY_LAB',
    `the network namespace ${names} is there already and this lab did not make it`,
    'give the lab another name with CALISPRAY_LAB, or remove the namespace yourself with `ip netns del NAME`',
  );
}

/**
 * Makes a machine's network namespace, in the place of an older one of ours, and gives its inode. unshare(1), not `ip netns add`: the latter also mounts
 * /run/netns on itself and leaves that mount behind.
 */
export async function makeNamespace(
  lab: string,
  machine: string,
  record: LabRecord,
  save: () => void,
): Promise<number> {
  const path = netnsPath(lab, machine);
  await removeNamespace(lab, machine, record, save);
  record.namespaces[machine] = 'making';
  save();
  mkdirSync('/run/netns', { recursive: true });
  writeFileSync(path, '', { flag: 'wx', mode: 0o444 });
  await run('unshare', [`--net=${path}`, 'true']);
  const inode = statSync(path).ino;
  record.namespaces[machine] = inode;
  save();
  return inode;
}

/** Takes the name away; the namespace itself goes with its last process. Nothing of ours there: nothing happens. */
export async function removeNamespace(
  lab: string,
  machine: string,
  record: LabRecord,
  save: () => void,
): Promise<boolean> {
  const state = namespaceState(lab, machine, record);
  if (state.is === 'ours') {
    const path = netnsPath(lab, machine);
    if (state.inode !== undefined) await run('umount', ['--lazy', path]);
    rmSync(path);
  }
  if (state.is === 'foreign') return false;
  delete record.namespaces[machine];
  save();
  return state.is === 'ours';
}

/** Runs lines of ip(8) inside a machine's namespace, all or up to the first that fails. */
export async function ipBatch(lab: string, machine: string, lines: readonly string[]): Promise<void> {
  await run('ip', ['-netns', scopeName(lab, machine), '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/** Removes an interface; one that is not there is as good. */
export async function removeLink(lab: string, machine: string, link: string): Promise<void> {
  try {
    await run('ip', ['-netns', scopeName(lab, machine), 'link', 'delete', link]);
  } catch (error) {
    if (!(error instanceof CommandError && error.output.includes('Cannot find device'))) throw error;
  }
}

/** Writes `key = value` settings below /proc/sys inside a machine's namespace (net.* is each namespace's own). */
export async function applySysctls(lab: string, machine: string, settings: string): Promise<void> {
  await run('nsenter', [`--net=${netnsPath(lab, machine)}`, 'sh', '-ec', writeSettings], { input: settings });
}

/** `net.ipv4.ip_forward = 1` → /proc/sys/net/ipv4/ip_forward; sysctl(8) is not on every machine. */
const writeSettings = `
grep -v '^ *\\(#\\|$\\)' | while read -r key equals value; do
  printf '%s\\n' "$value" > "/proc/sys/$(printf '%s' "$key" | tr . /)"
done`;
