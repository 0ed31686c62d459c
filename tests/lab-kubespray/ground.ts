/** A lab of its own with the stand-in for kubespray on its controller, and what the tests of that ask of it. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labDown, labUp, probePods } from '../../lab/index.ts';
import { ensureTools, type Tools } from '../../setup/index.ts';
import { labFolder } from '../support/scratch.ts';
import { Controller, type Ended } from './controller.ts';
import { type Encapsulation, inventory, type Variables } from './inventory.ts';

export class Ground {
  readonly kubeconfig: string;
  lab: Lab;
  readonly on: Controller;
  private readonly name: string;
  private readonly dir: string;
  private readonly outerState: string | undefined;
  private readonly tools: Tools;

  private constructor(made: { name: string; dir: string; outerState: string | undefined; tools: Tools; lab: Lab }) {
    this.name = made.name;
    this.dir = made.dir;
    this.outerState = made.outerState;
    this.tools = made.tools;
    this.lab = made.lab;
    this.kubeconfig = join(made.dir, 'admin.conf');
    this.on = new Controller(made.lab);
  }

  /** Bare nodes, and a controller that knows them. The state of labs is in a folder of its own until `remove`. */
  static async make(name: string): Promise<Ground> {
    const dir = labFolder('calispray-kubespray-');
    const outerState = process.env.CALISPRAY_STATE;
    process.env.CALISPRAY_STATE = dir;
    const tools = await ensureTools([
      'kube-apiserver',
      'kube-controller-manager',
      'etcd',
      'kubectl',
      'ansible',
      'base',
      'crds',
    ]);
    const ground = new Ground({ name, dir, outerState, tools, lab: await labUp(tools, { name }) });
    ground.on.prepare();
    return ground;
  }

  /** Makes whatever of the lab is down come up again. */
  async up(): Promise<void> {
    this.lab = await labUp(this.tools, { name: this.name });
  }

  async remove(): Promise<void> {
    await labDown({ name: this.name });
    if (this.outerState === undefined) delete process.env.CALISPRAY_STATE;
    else process.env.CALISPRAY_STATE = this.outerState;
    rmSync(this.dir, { recursive: true, force: true });
  }

  play(variables: Variables, ...words: string[]): Ended {
    return this.playWith('none', variables, ...words);
  }

  playWith(encapsulation: Encapsulation, variables: Variables, ...words: string[]): Ended {
    this.on.put('inventory', inventory(variables, encapsulation));
    return this.on.play('inventory', ...words);
  }

  kubectl(...words: string[]): string {
    return this.on.kubectl(this.tools.kubectl, this.kubeconfig, ...words);
  }

  fetchKubeconfig(): string {
    const text = this.on.ssh('masternode', 'cat inventory/artifacts/admin.conf');
    writeFileSync(this.kubeconfig, text, { mode: 0o600 });
    return text;
  }

  nodes(): { name: string; address: string | undefined; ready: string | undefined }[] {
    return (JSON.parse(this.kubectl('get', 'nodes', '-o', 'json')).items as NodeObject[]).map(
      ({ metadata, status }) => ({
        name: metadata.name,
        address: status.addresses.find(({ type }) => type === 'InternalIP')?.address,
        ready: status.conditions.find(({ type }) => type === 'Ready')?.status,
      }),
    );
  }

  /** Every pod reaches every other; how many ordered pairs there are. */
  async reached(): Promise<number> {
    const pairs = await probePods(this.lab);
    assert.deepEqual(
      pairs.filter(({ ok }) => !ok),
      [],
    );
    return pairs.length;
  }

  /** Address of a node's first pod. */
  addressOf(node: string): string {
    return JSON.parse(this.on.ssh(node, 'cat /run/calispray-lab/pods.json'))[0].address;
  }

  /** Whether a packet of this size (headers included) passes unfragmented from a pod to one on another node. */
  passes(size: number): boolean {
    const inPod = 'ip netns exec production.web';
    const ping = `${inPod} ping -n -q -c 1 -w 2 -M do -s ${size - 28} ${this.addressOf('homelab')}`;
    // What it learnt of a path before does not count.
    const command = `${inPod} ip route flush cache; ${ping} > /dev/null 2>&1 && echo yes || echo no`;
    return this.on.ssh('masternode', command).trim() === 'yes';
  }

  /** A field of an object of the API. */
  field(kind: string, name: string, path: string): string {
    return this.kubectl('get', kind, name, '-o', `jsonpath={${path}}`);
  }

  /** Waits until the node answers no more. */
  down(node: string): Promise<void> {
    return bounded(`${node} is down`, 60, () => {
      try {
        this.on.ssh(node, 'true');
        return false;
      } catch {
        return true;
      }
    });
  }
}

export const three = [
  { name: 'homelab', address: '192.168.4.62', ready: 'True' },
  { name: 'masternode', address: '192.168.4.63', ready: 'True' },
  { name: 'storagenodet3500', address: '192.168.4.61', ready: 'True' },
];

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly addresses: { type: string; address: string }[];
    readonly conditions: { type: string; status: string }[];
  };
}

/** How much each host changed, from the recap. */
export function changes(text: string): Record<string, number> {
  const found = [...text.matchAll(/^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=0\s+failed=0/gm)];
  return Object.fromEntries(found.map(([, name, changed]) => [name, Number(changed)]));
}

/** Looks again and again, and fails where it does not hold in time. */
export async function bounded(what: string, seconds: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s until ${what}`);
    await sleep(200);
  }
}
