/**
 * The lab: three hosts with systemd and sshd, a workstation's network and a router on this machine, in namespaces only.
 * Nothing outside them is changed; `labDown` leaves nothing behind.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../cluster/finding.ts';
import { describeLab, type Lab } from './description.ts';
import { takeDown } from './down.ts';
import { enterNetns, enterNode } from './enter.ts';
import { answers, firstProcess } from './host.ts';
import { acquireLock } from './lock.ts';
import { namespaceState, recordedInode } from './namespaces.ts';
import { probe, type Reach } from './pods.ts';
import type { ProcessRecord } from './processes.ts';
import { requireRoot } from './requirements.ts';
import { bootId, emptyRecord, labPaths, readRecord } from './state.ts';
import { nodes, resolveLabName, router, workstation } from './topology.ts';
import { type LabTools, raise } from './up.ts';

export type { Lab, LabHost } from './description.ts';
export type { Reach } from './pods.ts';
export type { LabTools } from './up.ts';

export interface LabOptions {
  /** Default: `CALISPRAY_LAB`, else `lab`. */
  readonly name?: string;
  /** Gets a line for each thing done. Default: nobody does. */
  readonly report?: (line: string) => void;
}

/**
 * Brings the lab up: what runs is kept, what a killed command left is picked up, a node that died is started again on
 * its disk. Throws a UserError without root, without a part of the kernel, or where a name is taken.
 */
export async function labUp(tools: LabTools, options: LabOptions = {}): Promise<Lab> {
  const name = resolveLabName(options.name);
  requireRoot();
  const report = options.report ?? (() => undefined);
  const began = performance.now();
  const paths = labPaths(name);
  const lock = await acquireLock(paths.lock, report);
  try {
    const lab = await raise(name, paths, tools, report);
    report(`lab ${name}: ${lab.hosts.length} nodes up in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return lab;
  } finally {
    lock.release(!existsSync(paths.dir)); // refused before anything was made: then nothing stays either
  }
}

/** Removes every process, namespace, cgroup and file of the lab; says what it removed. No lab is fine too. */
export async function labDown(options: LabOptions = {}): Promise<string[]> {
  const name = resolveLabName(options.name);
  requireRoot();
  const paths = labPaths(name);
  if (!existsSync(paths.dir) && !existsSync(paths.lock)) return [`lab ${name} is not there`];
  const lock = await acquireLock(paths.lock, options.report);
  try {
    const record = readRecord(paths.record, bootId()) ?? emptyRecord(bootId());
    const lines = existsSync(paths.dir) ? await takeDown(name, paths, record) : [`lab ${name} is not there`];
    for (const line of lines) options.report?.(line);
    lock.release(true);
    removeIfEmpty(dirname(paths.dir));
    return lines;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * What stands of the lab, one line a machine; changes nothing and takes no lock. `up`: all of it does. `lab`: its
 * disks are there, so that `labShell` can enter what runs.
 */
export function labStatus(name?: string): { up: boolean; lab?: Lab; lines: string[] } {
  const resolved = resolveLabName(name);
  const paths = labPaths(resolved);
  try {
    const record = readRecord(paths.record, bootId());
    if (record === undefined) return { up: false, lines: [`lab ${resolved} is not there`] };
    const parts = [
      ...[router, workstation].map((machine) => {
        const stands = namespaceState(resolved, machine.name, record).is === 'ours';
        return { ok: stands, line: `${machine.name} ${machine.address} ${stands ? 'up' : 'not there'}` };
      }),
      ...nodes.map((node) => {
        const netns = recordedInode(record, node.name);
        const dir = join(paths.hosts, node.name);
        const process = firstProcess(dir, netns);
        const ok = answers(dir, netns);
        const state = ok ? `up, process ${process?.pid}` : process ? 'running, sshd does not answer' : 'not running';
        return { ok, line: `${node.name} ${node.address} ${state}` };
      }),
    ];
    const lab = describeLab(resolved, paths);
    const up = record.phase === 'in-use' && lab !== undefined && parts.every((part) => part.ok);
    const lines = parts.map((part) => part.line);
    return lab === undefined ? { up, lines } : { up, lab, lines };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    return { up: false, lines: [`lab ${resolved} belongs to root: ask again with \`sudo\``] };
  }
}

/** Runs `argv` with this terminal in the workstation's network; files, processes and `env` are the machine's. */
export function enterWorkstation(lab: Lab, argv: string[], env: Record<string, string>): ChildProcess {
  return enterNetns(lab.workstation, argv, env);
}

/** Runs `argv` (default: a login shell) with this terminal on a node, as root, or in the workstation's network. */
export function labShell(lab: Lab, node: string, argv: string[] = ['bash', '--login']): ChildProcess {
  if (node === workstation.name) {
    return enterWorkstation(lab, argv, Object.fromEntries(Object.entries(process.env).map(([k, v]) => [k, v ?? ''])));
  }
  return enterNode(runningNode(lab, node).pid, argv);
}

/** One ping from every pod to every other one, all at once; empty before a playbook made pods. */
export async function probePods(lab: Lab): Promise<Reach[]> {
  return await probe(nodes.map((node) => runningNode(lab, node.name).pid));
}

function runningNode(lab: Lab, name: string): ProcessRecord {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node === undefined) {
    const known = [...nodes, workstation].map((machine) => machine.name).join(', ');
    throw UserError.of('lab-node', '', `the lab has no node "${name}"`, `one of: ${known}`);
  }
  const paths = labPaths(lab.name);
  const record = readRecord(paths.record, bootId());
  const first = record && firstProcess(join(paths.hosts, name), recordedInode(record, name));
  if (first !== undefined) return first;
  throw UserError.of(
    'lab-node-down',
    '',
    `the lab's node ${name} is not running`,
    '`npx calispray lab up` starts it again',
  );
}

function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
}
