/** A lab of a test's own whose cluster is hurt and healed again, and the doctor that is asked about it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import type { Report } from '../../kubespray/doctor/types.ts';
import { run } from '../../lab/command.ts';
import { machineNames, netnsPath, nodes, scopeName } from '../../lab/topology.ts';
import { toolPaths } from '../../setup/index.ts';
import type { Calispray } from './calispray.ts';
import { LabNode, until } from './faults/node.ts';

export const names: readonly string[] = nodes.map(({ name }) => name).sort();

export interface Pod {
  readonly name: string;
  readonly netns: string;
  readonly address: string;
}

/** What the doctor said, and how long it took to say it. */
export interface Asked {
  readonly report: Report;
  readonly code: number;
  readonly seconds: number;
}

export class DoctorGround {
  readonly calispray: Calispray;
  readonly #nodes: ReadonlyMap<string, LabNode>;

  constructor(calispray: Calispray) {
    this.calispray = calispray;
    this.#nodes = new Map(names.map((name) => [name, new LabNode(calispray.lab, name, calispray.state)]));
  }

  node(name: string): LabNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`the lab has no ${name}`);
    return node;
  }

  /** The same script on some nodes, or on all. */
  async each(script: string, on: readonly string[] = names): Promise<void> {
    await Promise.all(on.map((name) => this.node(name).sh(script)));
  }

  /** Of the cluster's pool, which is small enough to be filled: four blocks of eight for three nodes. */
  readonly addresses = 32;

  /**
   * `up` of the reference cluster without encapsulation, or of its way from there to VXLAN: then the pods that the lab has beside
   * those of the API are made anew, and the others keep the MTU of before.
   */
  async up(encapsulation: 'none' | 'vxlan'): Promise<void> {
    const [written, migrate] =
      encapsulation === 'none'
        ? ['none', '']
        : ['{ vxlan: always }', 'migrate: { encapsulation: { from: none } }\n    '];
    this.calispray.project('cluster', 'lab', (text) =>
      text
        .replace('cidr: 10.244.0.0/16, blockSize: 26', 'cidr: 10.244.0.0/27, blockSize: 29')
        .replace('    network:', `    ${migrate}network:`)
        .replace('encapsulation: none', `encapsulation: ${written}`),
    );
    const up = await this.calispray.run('-C', this.#project, 'up', '--stack', 'lab');
    assert.equal(up.code, 0, up.text);
    if (encapsulation === 'none') return;
    for (const name of names)
      for (const { netns } of this.pods(name)) await this.node(name).sh(`ip netns del ${basename(netns)}`);
    await this.each('systemctl restart calispray-lab-dataplane');
  }

  get #project(): string {
    return join(this.calispray.state, 'cluster');
  }

  /** `calispray doctor --json` from the lab's workstation; nothing of the lab is mended before. */
  async doctor(): Promise<Asked> {
    const began = performance.now();
    const words = ['-C', this.#project, 'doctor', '--stack', 'lab', '--json'];
    const doctor = this.calispray.startInside(JSON.stringify(toolPaths()), ...words);
    let document = '';
    doctor.stdout?.on('data', (chunk) => {
      document += chunk;
    });
    const [code] = (await once(doctor, 'close')) as [number | null];
    const seconds = (performance.now() - began) / 1000;
    try {
      return { report: JSON.parse(document), code: code ?? -1, seconds };
    } catch {
      throw new Error(`the doctor ended with ${code} and gave no document:\n${doctor.text}`);
    }
  }

  kubectl(...words: string[]): Promise<string> {
    return this.node('masternode').sh(
      ['/usr/local/bin/kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', ...words.map(quoted)].join(' '),
    );
  }

  /** Server-side, as YAML or JSON; taken away again by `kubectl('delete', …)`. */
  async apply(objects: string): Promise<void> {
    const kubectl = '/usr/local/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf';
    await this.node('masternode').sh(`${kubectl} apply --server-side --force-conflicts -f -`, objects);
  }

  /** A command on a node as the doctor runs it: over SSH, from the lab's workstation. */
  async ssh(node: string, command: string): Promise<string> {
    const { labDir, lab } = this.calispray;
    const files = ['-i', join(labDir, 'id_ed25519'), '-o', `UserKnownHostsFile=${join(labDir, 'known_hosts')}`];
    const ssh = ['ssh', '-F', 'none', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', ...files];
    const address = nodes.find(({ name }) => name === node)?.address;
    return await run('nsenter', [`--net=${netnsPath(lab, 'workstation')}`, ...ssh, `root@${address}`, command]);
  }

  /** ip(8) where the LAN's bridge is. */
  async lan(...words: string[]): Promise<void> {
    await run('ip', ['-netns', scopeName(this.calispray.lab, 'router'), ...words]);
  }

  /** The bridge's port that a machine's cable is in. */
  port(machine: string): string {
    return `port${machineNames.indexOf(machine)}`;
  }

  /** Pods of a node, as its data plane has them. */
  pods(node: string): Pod[] {
    return JSON.parse(this.node(node).read('/run/calispray-lab/pods.json'));
  }

  pod(node: string): Pod {
    const [pod] = this.pods(node);
    if (pod === undefined) throw new Error(`${node} has no pod`);
    return pod;
  }

  /** Whether a pod of one node gets an answer to a packet of that many bytes, not to be broken up, from a pod of another. */
  async passes(from: string, to: string, bytes = 84): Promise<boolean> {
    return await this.node(from).tries(ping(this.pod(from), this.pod(to).address, bytes));
  }

  /** BGP sessions of a node by the name of their protocol, with what BIRD says of them: `Mesh_192_168_4_62` → `Idle BGP Error: Bad peer AS`. */
  async sessions(node: string): Promise<Record<string, string>> {
    const shown = await this.node(node).sh('birdc -s /run/calico/bird.ctl show protocols || true');
    const lines = [...shown.matchAll(/^(\S+) +BGP +\S+ +\S+ +\S+ +(.*)$/gm)];
    return Object.fromEntries(lines.map(([, name = '', info = '']) => [name, info.trim().replace(/ +/g, ' ')]));
  }

  /** Resolves when the lab is well: API, its pods, sessions, and every pair of pods of two nodes at the MTU of the sending pod. */
  async settled(): Promise<void> {
    const asked = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));
    await until(
      'every pod of the API is ready',
      async () => {
        const states = await this.kubectl('get', 'pods', '-A', '-o', `jsonpath=${readiness}`).catch(() => 'no answer');
        return /^(True )+$/.test(states);
      },
      90,
    );
    await until(
      'every BGP session is established',
      async () => {
        const states = (await Promise.all(names.map((name) => this.sessions(name)))).map((each) => Object.values(each));
        return states.flat().every((state) => state === 'Established');
      },
      90,
    );
    for (const [from, to] of asked)
      await until(`pods on ${from} reach those on ${to}`, async () => this.passes(from, to, await this.mtu(from)), 60);
  }

  /** Of a node's first pod. */
  async mtu(node: string): Promise<number> {
    const shown = await this.node(node).sh(`nsenter --net=${this.pod(node).netns} ip -o link show eth0`);
    return Number(/ mtu (\d+) /.exec(shown)?.[1]);
  }

  async remove(): Promise<void> {
    await this.calispray.run('lab', 'down');
    this.calispray.remove();
  }
}

/** `True` and a space for each pod that is. */
const readiness = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}';

/** One packet of that many bytes, with the headers of IP and ICMP, and a second for its answer. */
const ping = (from: Pod, to: string, bytes: number) =>
  `nsenter --net=${from.netns} ping -n -q -c 1 -W 1 -M do -s ${bytes - 28} ${to}`;

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
