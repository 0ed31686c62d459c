/** One node: start its first process, wait until sshd answers, tell whether it lives. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UserError } from '../cluster/finding.ts';
import { CommandError, run } from './command.ts';
import { nodeArguments } from './enter.ts';
import { isRunning, listens, netnsOf, type ProcessRecord, parseProcessRecord } from './processes.ts';
import { readIfThere } from './state.ts';
import { type Machine, netnsPath } from './topology.ts';
import { watchersWayOut } from './watchers.ts';

const sshPort = 22;

/** What of the machine a node is given to see. */
export interface NodeMounts {
  readonly base: string;
  readonly bin: string;
  readonly crds: string;
}

function listed(mounts: NodeMounts): string {
  return `${mounts.base}\n${mounts.bin}\n${mounts.crds}\n`;
}

/** The node's first process (systemd) while it runs in the network namespace recorded for this node. */
export function firstProcess(dir: string, netns: number | undefined): ProcessRecord | undefined {
  const record = parseProcessRecord(readIfThere(join(dir, 'pid')) ?? '');
  if (record === undefined || netns === undefined) return undefined;
  return isRunning(record) && netnsOf(record.pid) === netns ? record : undefined;
}

/** True while the node runs and its sshd listens. */
export function answers(dir: string, netns: number | undefined): boolean {
  const first = firstProcess(dir, netns);
  return first !== undefined && listens(first.pid, sshPort);
}

/** True when the node was started with these; a node keeps what it was given until it is restarted. */
export function sees(dir: string, mounts: NodeMounts): boolean {
  return readIfThere(join(dir, 'mounts')) === listed(mounts);
}

/** Starts the node in its network namespace; it goes on when this process ends. Gives up to `seconds` to sshd. */
export async function startNode(
  lab: string,
  node: Machine,
  dir: string,
  netns: number,
  mounts: NodeMounts,
  seconds = 60,
): Promise<void> {
  const log = join(dir, 'log');
  rmSync(join(dir, 'pid'), { force: true });
  writeFileSync(join(dir, 'mounts'), listed(mounts));
  const output = openSync(log, 'w', 0o600);
  const script = fileURLToPath(new URL('node/start.sh', import.meta.url));
  const into = [`--net=${netnsPath(lab, node.name)}`, '--', script];
  const keeper = spawn('nsenter', [...into, dir, node.name, mounts.base, mounts.bin, mounts.crds], {
    detached: true, // a session of its own: Ctrl-C at this terminal is not for the node
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => {
    keeper.on('exit', () => resolve());
    keeper.on('error', () => resolve());
  });
  keeper.unref();
  await waitForSsh(node, dir, netns, seconds, ended);
}

/**
 * Waits until systemd on the node has started all that is enabled (on a restarted one an API server, perhaps); false
 * when it has not after `seconds`. A service that failed is not waited for.
 */
export async function waitForBoot(dir: string, netns: number, seconds: number): Promise<boolean> {
  const first = firstProcess(dir, netns);
  if (first === undefined) return false;
  const began = Date.now();
  try {
    const wait = ['systemctl', 'is-system-running', '--wait'];
    await run('nsenter', [...nodeArguments(first.pid, 'dumb'), ...wait], { timeout: seconds * 1000 });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return Date.now() - began < seconds * 1000; // `degraded` ends with 1
  }
  return true;
}

/** Resolves once the node's sshd listens. `ended`: the node's keeper is gone, so that waiting on is of no use. */
export async function waitForSsh(
  node: Machine,
  dir: string,
  netns: number,
  seconds: number,
  ended?: Promise<void>,
): Promise<void> {
  let over = false;
  void ended?.then(() => {
    over = true;
  });
  const deadline = Date.now() + seconds * 1000;
  while (!answers(dir, netns)) {
    if (over && firstProcess(dir, netns) === undefined) throw await didNotStart(node, dir, 'ended while starting');
    if (Date.now() > deadline) throw await didNotStart(node, dir, `had no sshd after ${seconds} s`);
    await sleep(25);
  }
}

async function didNotStart(node: Machine, dir: string, why: string): Promise<UserError> {
  const log = join(dir, 'log');
  const last = `${await journal(dir)}\n${readIfThere(log) ?? ''}`.trim().split('\n').slice(-8).join('\n    ');
  return UserError.of(
    'lab-node-start',
    node.name,
    `the lab's node ${node.name} ${why}; the end of its log:\n    ${last || '(empty)'}`,
    watchersWayOut() ?? `read ${log}; \`npx calispray lab down\` and the same command again make it anew`,
  );
}

/** What systemd on the node complains about; empty where there is none to ask. */
async function journal(dir: string): Promise<string> {
  const record = parseProcessRecord(readIfThere(join(dir, 'pid')) ?? '');
  if (record === undefined || !isRunning(record)) return '';
  const complaints = ['journalctl', '--no-pager', '--priority=warning', '--lines=8', '--output=cat'];
  try {
    return await run('nsenter', [...nodeArguments(record.pid, 'dumb'), ...complaints], { timeout: 5_000 });
  } catch (error) {
    if (error instanceof CommandError) return '';
    throw error;
  }
}
