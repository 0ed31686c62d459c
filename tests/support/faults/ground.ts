import type { ChildProcess } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundle } from '../../../lab/bundle.ts';
import { labUp } from '../../../lab/index.ts';
import { ensureTools, toolPaths } from '../../../setup/index.ts';
import { Calispray, type Ran } from '../calispray.ts';
import type { Running } from './fault.ts';
import { LabNode, until } from './node.ts';

const kubespray = new URL('../../../lab/kubespray', import.meta.url).pathname;
const play = new URL('play.yml', import.meta.url).pathname;
/** On the controller; gone with a restart, as /run is. */
const point = '/run/calispray-faults';
export const home = '/root/.calispray/lab';

/** One run as `runs.py --json` lists it, as far as the proof reads it. */
export interface Run {
  readonly run: string;
  readonly kind: string;
  readonly state: string;
  readonly attempts: readonly { readonly outcome?: string }[];
}

/**
 * A lab of a test's own with the reference cluster on it, whose kubespray has one play more: tasks that a fault lays on
 * the controller. A change is another reporting interval of Felix: the network part carries it out in seconds.
 */
export class Ground {
  readonly calispray: Calispray;
  readonly controller: LabNode;
  /** Seconds of Felix' reporting interval as last declared: every change takes the next. */
  interval = 0;
  #other: Calispray | undefined;

  constructor(lab: string) {
    this.calispray = new Calispray(lab);
    this.controller = this.node('masternode');
  }

  node(name: string): LabNode {
    return new LabNode(this.calispray.lab, name, this.calispray.state);
  }

  get bundle(): string {
    return join(this.calispray.state, 'faults.tar');
  }

  /** Makes the lab and the cluster. */
  async build(): Promise<void> {
    await this.prepare();
    this.change();
    const built = await this.up().ended;
    if (built.code !== 0) throw new Error(`the cluster was not built:\n${built.text}`);
  }

  /** Makes the bundle: the lab's kubespray with one play more, and without its checks where only the network part runs. */
  protected async prepare(): Promise<void> {
    const tools = await ensureTools(['base', 'ansible']);
    const copy = join(this.calispray.state, 'kubespray');
    cpSync(kubespray, copy, { recursive: true });
    const edit = (file: string, from: string, to: string) => {
      const path = join(copy, 'playbooks', file);
      const text = readFileSync(path, 'utf8');
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      writeFileSync(path, text.replaceAll(from, to));
    };
    const network = '- name: Install a CNI and join the nodes';
    edit('cluster.yml', network, `${readFileSync(play, 'utf8')}\n${network}`);
    // What the variables are checked for is no matter of a fault; the first run, which has no tags, does it.
    edit('boilerplate.yml', 'tags: always', 'tags: whole');
    edit('cluster.yml', '{role: preinstall, tags: preinstall}', '{role: preinstall, tags: whole}');
    await makeBundle(this.bundle, tools.wheels, copy);
  }

  async remove(): Promise<void> {
    await this.calispray.run('lab', 'down');
    this.calispray.remove();
    this.#other?.remove();
  }

  /** Declares the next interval in the stack's file, and `more` with it. */
  change(more: (text: string) => string = (text) => text): void {
    this.interval++;
    this.declare(more);
  }

  declare(more: (text: string) => string): void {
    this.calispray.project('cluster', 'lab', (text) =>
      more(
        text
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the stack file's.
          .replace('${CALISPRAY_LAB_DIR}/kubespray-bundle.tar', this.bundle)
          .replace('felix: { ', `felix: { reportingInterval: ${this.interval}s, `),
      ),
    );
  }

  get project(): string {
    return join(this.calispray.state, 'cluster');
  }

  /** `calispray up`, as a user runs it. */
  up(): Running {
    return told(this.calispray.start(...this.#words));
  }

  get #words(): string[] {
    return ['-C', this.project, 'up', '--stack', 'lab'];
  }

  /** The same once the fault is gone, from inside the lab's network: nothing of the lab is to be mended first. */
  again(): Running {
    return told(this.calispray.startInside(JSON.stringify(toolPaths()), ...this.#words));
  }

  /** The same from another workstation: the same network, keys and stack file, and a state of its own. */
  upElsewhere(): Running {
    this.#other ??= new Calispray(this.calispray.lab);
    const { labDir } = this.#other;
    mkdirSync(labDir, { recursive: true });
    for (const file of ['id_ed25519', 'known_hosts'])
      copyFileSync(join(this.calispray.labDir, file), join(labDir, file));
    return told(this.#other.startInside(JSON.stringify(toolPaths()), ...this.#words));
  }

  /** Did an `up` find nothing to do? */
  idle(up: Ran): boolean {
    return /no change/.test(up.text);
  }

  /** From now on the playbook stays at a task in its middle, having carried out `tasks` before. */
  async hold(tasks = '', held = true): Promise<void> {
    await this.controller.sh(`rm -rf ${point} && mkdir -p ${point}`);
    if (tasks !== '') this.controller.write(`${point}/10-fault.yml`, tasks);
    if (!held) return;
    this.controller.write(`${point}/hold`, '');
    this.controller.write(`${point}/20-hold.yml`, holdTask);
  }

  /** Resolves once the playbook stands at the held task. */
  async held(up: Running): Promise<void> {
    const gone = () => (up.over() ? `the command ended first:\n${up.text}` : undefined);
    await until('the playbook is held', () => this.controller.has(`${point}/reached`), 300, gone);
  }

  /** Resolves once a command has said this. */
  async says(up: Running, words: RegExp): Promise<void> {
    const gone = () => (up.over() && !words.test(up.text) ? `it ended first:\n${up.text}` : undefined);
    await until(`it says ${words}`, () => words.test(up.text), 300, gone);
  }

  /** Lets the playbook go, and takes the fault's tasks away. */
  release(): void {
    // Of a controller without power nothing is held, and /run is gone.
    if (this.controller.runs()) this.controller.remove(point);
  }

  /** Starts again what of the lab does not run. */
  async mend(): Promise<void> {
    const before = process.env.CALISPRAY_STATE;
    process.env.CALISPRAY_STATE = this.calispray.state;
    try {
      await labUp(await ensureTools(['base', 'ansible']), { name: this.calispray.lab });
    } finally {
      if (before === undefined) delete process.env.CALISPRAY_STATE;
      else process.env.CALISPRAY_STATE = before;
    }
  }

  /** Every run the controller knows of, oldest first. */
  async runs(): Promise<Run[]> {
    return JSON.parse(await this.controller.sh(`python3 ${home}/runner/runs.py lab --json`)) as Run[];
  }

  /** What the API has of Felix: its interval, and how often the object was changed since it was made. */
  async felix(): Promise<{ interval: string; generation: number }> {
    const kubectl = '/usr/local/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf';
    const text = await this.controller.sh(
      `${kubectl} get felixconfigurations.projectcalico.org default -o jsonpath='{.spec.reportingInterval} {.metadata.generation}'`,
    );
    const [interval = '', generation = ''] = text.split(' ');
    return { interval, generation: Number(generation) };
  }

  /** The interval that the controller has recorded as carried out. */
  applied(): string {
    const facts = JSON.parse(this.controller.read(`${home}/applied.json`)) as { calico: Record<string, unknown> };
    return String(facts.calico.calico_felix_reporting_interval);
  }
}

const holdTask = `- name: Held by a fault
  ansible.builtin.shell: |
    touch ${point}/reached
    while [ -e ${point}/hold ]; do sleep 0.05; done
  run_once: true
  delegate_to: masternode
`;

/** A command as it goes on; `text` grows while it prints. */
export function told(child: ChildProcess & { text: string }): Running {
  let over = false;
  const ended = new Promise<Ran>((resolve) => {
    child.once('close', (code) => {
      over = true;
      resolve({ code: code ?? -1, text: child.text });
    });
  });
  return {
    get text() {
      return child.text;
    },
    ended,
    kill: (signal) => void child.kill(signal),
    over: () => over,
  };
}
