/** Bringing a lab up: keep what stands, mend what does not. Runs under the lab's lock. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../setup/index.ts';
import { makeBundle } from './bundle.ts';
import { cgroupTable, planOwnCgroups, removeCgroups } from './cgroups.ts';
import { describeLab, knownHosts, type Lab } from './description.ts';
import { hostKeyOf, makeDisk, makeKey, publicPart } from './disk.ts';
import { takeDown } from './down.ts';
import { answers, firstProcess, type NodeMounts, sees, startNode, waitForBoot, waitForSsh } from './host.ts';
import { buildLan, connectNode, hasAddress, lanStands } from './lan.ts';
import { ourNamespaces, recordedInode, refuseForeign } from './namespaces.ts';
import { endProcessesIn } from './processes.ts';
import { requireMachine } from './requirements.ts';
import {
  bootId,
  emptyRecord,
  type LabPaths,
  type LabRecord,
  readIfThere,
  readRecord,
  writeAtomically,
  writeRecord,
} from './state.ts';
import { type Machine, machineNames, nodes, scopeName } from './topology.ts';

/** What of set-up's tools the lab is made of. */
export type LabTools = Pick<Tools, 'base' | 'nodeBin' | 'crds' | 'wheels'>;

type Report = (line: string) => void;

/** What every step below works on. */
interface Work {
  readonly name: string;
  readonly paths: LabPaths;
  readonly mounts: NodeMounts;
  readonly record: LabRecord;
  readonly save: () => void;
  readonly report: Report;
}

export async function raise(name: string, paths: LabPaths, tools: LabTools, report: Report): Promise<Lab> {
  const mounts = { base: tools.base, bin: tools.nodeBin, crds: tools.crds };
  const record = await recordToWorkOn(name, paths, report);
  const work: Work = { name, paths, mounts, record, save: () => writeRecord(paths.record, record), report };
  refuseForeign(name, machineNames, record);

  if (!(await everythingStands(work))) {
    await requireMachine(paths.dir, mounts);
    mkdirSync(paths.hosts, { recursive: true, mode: 0o700 });
    work.save();
    await mendLan(work);
    const authorized = rootKey(paths);
    await allDone([makeBundle(paths.bundle, tools.wheels), ...nodes.map((node) => mendNode(work, node, authorized))]);
  } else {
    await makeBundle(paths.bundle, tools.wheels);
  }

  const lab = describeLab(name, paths);
  if (lab === undefined) throw new Error(`a node of the lab ${name} has no host key after it was started`);
  const known = knownHosts(lab.hosts);
  if (readIfThere(paths.knownHosts) !== known) writeAtomically(paths.knownHosts, known, 0o644);
  return lab;
}

/** The lab's record; a removal that was broken off is finished first, a folder without a record is swept away. */
async function recordToWorkOn(name: string, paths: LabPaths, report: Report): Promise<LabRecord> {
  const record = readRecord(paths.record, bootId());
  if (record?.phase === 'in-use') return record;
  if (record !== undefined) report('finishing a `lab down` that was broken off');
  if (existsSync(paths.dir)) await takeDown(name, paths, record ?? emptyRecord(bootId()));
  return emptyRecord(bootId());
}

async function everythingStands({ name, paths, mounts, record }: Work): Promise<boolean> {
  if (!existsSync(paths.key)) return false;
  const runs = nodes.every((node) => {
    const dir = join(paths.hosts, node.name);
    return answers(dir, recordedInode(record, node.name)) && sees(dir, mounts);
  });
  if (!runs) return false;
  const stand = await Promise.all([lanStands(name, record), ...nodes.map((node) => hasAddress(name, node))]);
  return stand.every(Boolean);
}

/** Builds the LAN; where only parts of one stand, everything on it is ended first. */
async function mendLan({ name, record, save, report }: Work): Promise<void> {
  if (await lanStands(name, record)) return;
  const standing = ourNamespaces(name, machineNames, record);
  if (standing.size > 0) report('the LAN is broken: building it anew');
  await endProcessesIn(standing);
  await buildLan(name, record, save);
}

/** Leaves a node that runs as it is; starts any other, on the disk it has. */
async function mendNode(work: Work, node: Machine, authorized: string): Promise<void> {
  const { name, paths, mounts, record, save, report } = work;
  const dir = join(paths.hosts, node.name);
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  if (await comesUpByItself(work, node, dir)) return;

  await endProcessesIn(ourNamespaces(name, [node.name], record));
  const own = `/${scopeName(name, node.name)}`;
  await removeCgroups(record.cgroups.filter((cgroup) => cgroup.endsWith(own)));
  const cgroups = planOwnCgroups(scopeName(name, node.name));
  record.cgroups = [...record.cgroups.filter((c) => !c.endsWith(own)), ...cgroups.map((c) => c.dir)];
  save();

  const restarted = hostKeyOf(dir) !== undefined;
  if (!restarted) await makeDisk(dir, node, mounts.base, authorized);
  writeFileSync(join(dir, 'cgroups'), cgroupTable(cgroups));
  const netns = await connectNode(name, node, record, save);
  await startNode(name, node, dir, netns, mounts);
  await waitForServices(node, dir, netns, report);
  report(`${node.name} ${node.address} ${restarted ? 'restarted on its disk' : 'up'} in ${seconds()} s`);
}

/** True for a node that runs, or still starts because the command that started it was killed. */
async function comesUpByItself({ name, mounts, record, report }: Work, node: Machine, dir: string): Promise<boolean> {
  const netns = recordedInode(record, node.name);
  const first = firstProcess(dir, netns);
  if (first === undefined || netns === undefined || !(await hasAddress(name, node))) return false;
  if (!sees(dir, mounts)) {
    report(`${node.name} runs with programs of an earlier set-up: restarting it`);
    return false;
  }
  try {
    await waitForSsh(node, dir, netns, 20);
  } catch {
    report(`${node.name} runs but its sshd does not answer: restarting it`);
    return false;
  }
  await waitForServices(node, dir, netns, report);
  return true;
}

/** What comes next talks to what the node serves; one that is slow is said, and left to those that need it. */
async function waitForServices(node: Machine, dir: string, netns: number, report: Report): Promise<void> {
  const seconds = 60;
  if (await waitForBoot(dir, netns, seconds)) return;
  report(`${node.name} answers, but has not started all its services after ${seconds} s`);
}

/** The private key is in the lab's folder; gives the public half. */
function rootKey(paths: LabPaths): string {
  const known = existsSync(paths.key) ? readIfThere(`${paths.key}.pub`) : undefined;
  if (known !== undefined) return publicPart(known);
  const key = makeKey('calispray-lab');
  writeAtomically(`${paths.key}.pub`, `${key.public} calispray-lab\n`, 0o644);
  writeAtomically(paths.key, key.private, 0o600);
  return key.public;
}

/** Waits for all before it throws the first failure: nothing goes on behind the caller's back. */
async function allDone(steps: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(steps)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
