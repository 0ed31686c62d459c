/** A host of a lab as a fault sees it: its processes, files, cable and power, without SSH. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, run } from '../../../lab/command.ts';
import { nodeArguments } from '../../../lab/enter.ts';
import { firstProcess } from '../../../lab/host.ts';
import { recordedInode } from '../../../lab/namespaces.ts';
import { bootId, labPaths, readRecord } from '../../../lab/state.ts';
import { machineNames, scopeName } from '../../../lab/topology.ts';

/** Takes a machine's cable out of the bridge (`down`) or puts it back; the machine itself notices nothing but silence. */
export async function cable(lab: string, machine: string, state: 'up' | 'down'): Promise<void> {
  await run('ip', ['-netns', scopeName(lab, 'router'), 'link', 'set', `port${machineNames.indexOf(machine)}`, state]);
}

export class LabNode {
  readonly #lab: string;
  readonly #name: string;
  readonly #state: string;

  constructor(lab: string, name: string, state: string) {
    this.#lab = lab;
    this.#name = name;
    this.#state = state;
  }

  /** Its first process, as this machine numbers it. */
  get pid(): number {
    const first = this.#first();
    if (first === undefined) throw new Error(`${this.#name} of lab ${this.#lab} does not run`);
    return first.pid;
  }

  runs(): boolean {
    return this.#first() !== undefined;
  }

  #first() {
    const paths = labPaths(this.#lab, this.#state);
    const record = readRecord(paths.record, bootId());
    return record && firstProcess(join(paths.hosts, this.#name), recordedInode(record, this.#name));
  }

  /** Standard output of a shell script run as root; throws with its standard error where it fails. */
  async sh(script: string, input = '', timeout = 300_000): Promise<string> {
    return await run('nsenter', [...nodeArguments(this.pid, 'dumb'), 'sh', '-euc', script], { input, timeout });
  }

  /** The same where failing is an answer: whether it ended with 0. */
  async tries(script: string): Promise<boolean> {
    try {
      await this.sh(script);
      return true;
    } catch (error) {
      if (error instanceof CommandError) return false;
      throw error;
    }
  }

  /** Where a file of the node is found on this machine. Links in it may lead elsewhere. */
  place(path: string): string {
    return `/proc/${this.pid}/root${path}`;
  }

  has(path: string): boolean {
    return existsSync(this.place(path));
  }

  read(path: string): string {
    return readFileSync(this.place(path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(this.place(path), text);
  }

  remove(path: string): void {
    rmSync(this.place(path), { recursive: true, force: true });
  }

  /** As when the power goes: everything on the node ends at once, nothing is written any more. `labUp` starts it again. */
  async cutPower(): Promise<void> {
    const pid = this.pid;
    process.kill(pid, 'SIGKILL');
    await until(`${this.#name} is off`, () => !existsSync(`/proc/${pid}/ns`));
  }
}

/** Waits until `there` says so; throws where it never does. `seconds`: long enough for a machine that is busy. */
export async function until(
  what: string,
  there: () => boolean | Promise<boolean>,
  seconds = 300,
  alive: () => string | undefined = () => undefined,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await there())) {
    const gone = alive();
    if (gone !== undefined) throw new Error(`${what}: never, since ${gone}`);
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((wake) => setTimeout(wake, 25));
  }
}
