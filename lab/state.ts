/**
 * What a lab remembers between two commands, so that a killed one can be picked up. Everything is in one folder:
 *
 *     <state>/labs/<name>.lock            held while a command changes the lab
 *     <state>/labs/<name>/lab.json        this record; written whole or not at all
 *     <state>/labs/<name>/hosts/<node>/   disk, log and first process of a node
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../cluster/finding.ts';

const Record = z.strictObject({
  version: z.literal(1),
  /** Namespaces, processes and cgroups of another boot are gone, whatever is written here. */
  boot: z.string(),
  /** `removing`: a `lab down` began, and nothing of the lab may be used again. */
  phase: z.enum(['in-use', 'removing']),
  /**
   * Inode of each machine's network namespace. `making` is written before the namespace is made: one of that name is
   * then ours although a killed command could not record its inode.
   */
  namespaces: z.record(z.string(), z.union([z.number(), z.literal('making')])),
  /** Cgroup directories, written before they are made. */
  cgroups: z.array(z.string()),
});

export type LabRecord = z.infer<typeof Record>;

export interface LabPaths {
  readonly lock: string;
  readonly dir: string;
  readonly record: string;
  readonly hosts: string;
  readonly key: string;
  readonly knownHosts: string;
  readonly bundle: string;
}

/** `CALISPRAY_STATE`, else `~/.local/state/calispray`. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.CALISPRAY_STATE || join(homedir(), '.local', 'state', 'calispray');
}

export function labPaths(name: string, state: string = stateDir()): LabPaths {
  const dir = join(state, 'labs', name);
  return {
    lock: `${dir}.lock`,
    dir,
    record: join(dir, 'lab.json'),
    hosts: join(dir, 'hosts'),
    key: join(dir, 'id_ed25519'),
    knownHosts: join(dir, 'known_hosts'),
    bundle: join(dir, 'kubespray-bundle.tar'),
  };
}

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

export function emptyRecord(boot: string): LabRecord {
  return { version: 1, boot, phase: 'in-use', namespaces: {}, cgroups: [] };
}

/**
 * The record of a lab; undefined where there is none: whatever its folder holds then was left before or after everything
 * else, and nothing of it is alive. After a reboot only the disks are left.
 */
export function readRecord(path: string, boot: string): LabRecord | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = Record.safeParse(parseJson(text));
  if (!parsed.success) {
    throw UserError.of(
      'lab-record',
      path,
      'the record of this lab cannot be read: another version of calispray wrote it, or it was edited',
      'take the lab down with the version that made it, or restart the machine and remove the folder',
    );
  }
  return parsed.data.boot === boot ? parsed.data : { ...emptyRecord(boot), phase: parsed.data.phase };
}

export function writeRecord(path: string, record: LabRecord): void {
  writeAtomically(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** Readers see the old text or the new one, never half of either. */
export function writeAtomically(path: string, text: string, mode = 0o600): void {
  const half = `${path}.${process.pid}.half`;
  writeFileSync(half, text, { mode });
  renameSync(half, path);
}

/** The text of a file, or undefined where it is not there (or not for us). */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH') return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
