import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureCommand, layRunnerCommand, remotePython, runnerFiles, runsCommand } from '../components/remote/index.ts';
import type { Desired, StepKind } from '../kubespray/plan/types.ts';
import { ensureTools } from '../setup/index.ts';
import { type Cost, cost, median, row } from './measure.ts';

const HOSTS = ['node1', 'node2', 'node3'];
const TASKS = 150;
const ROUNDS = 3;

/** What the runner costs beside the playbook it runs: the same inventory, the same playbook, the same Ansible, by turns. */
export async function benchRunner(): Promise<void> {
  const venv = join(dirname((await ensureTools(['ansible'])).wheels), 'venv');
  const home = mkdtempSync(join(tmpdir(), 'calispray-bench-'));
  const at = (...names: string[]) => join(home, '.calispray/bench', ...names);
  const env = { HOME: home, PATH: `${venv}/bin:${process.env.PATH}`, LANG: 'C.UTF-8' };
  try {
    mkdirSync(at('kubespray-x/kubespray'), { recursive: true });
    symlinkSync(venv, at('kubespray-x/venv'));
    writeFileSync(at('kubespray-x/kubespray/cluster.yml'), playbook());
    await put(layRunnerCommand('bench'), runnerFiles(), env);
    const bare: Cost[] = [];
    const ours: Cost[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const desired = desiredFor(round);
      const files = {
        'desired.json': JSON.stringify(desired),
        'inventory/hosts.yaml': JSON.stringify(desired.hosts),
        known_hosts: '',
      };
      await put(remotePython('put-inventory.py', ['bench']), files, env);
      // As kubespray runs it: its own callback for times, the log into a file.
      const config = `LC_ALL=C.UTF-8 ANSIBLE_PIPELINING=1 ANSIBLE_GATHERING=smart ANSIBLE_CALLBACKS_ENABLED=profile_tasks`;
      bare.push(
        await timed(
          `cd ${at('kubespray-x/kubespray')} && ${config} ansible-playbook -i ${at('inventory/hosts.yaml')} cluster.yml > ${home}/log 2>&1 || { tail -n 20 ${home}/log; exit 1; }`,
          env,
        ),
      );
      const part = JSON.stringify({ part: desired.facts.settings });
      const followed = await timed(`printf '%s' '${part}' | ${ensureCommand('bench', ['settings'])}`, env);
      // Who follows is another process than who works: the job says itself what it took.
      const { output } = await timed(runsCommand('bench'), env);
      ours.push({ ...followed, cpu: followed.cpu + JSON.parse(output).at(-1).result.cpu });
    }
    row(
      'overhead of our runner against bare ansible-playbook',
      (middle(ours, 'wall') / middle(bare, 'wall') - 1) * 100,
      '%',
      10,
    );
    process.stdout.write(
      `      ${TASKS} tasks on ${HOSTS.length} hosts: bare ${shown(bare)}, by the runner ${shown(ours)}\n`,
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const middle = (taken: readonly Cost[], what: 'wall' | 'cpu'): number => median(taken.map((each) => each[what]));
const shown = (taken: readonly Cost[]): string =>
  `${middle(taken, 'wall').toFixed(1)} s (${middle(taken, 'cpu').toFixed(1)} s of CPU)`;

async function timed(command: string, env: NodeJS.ProcessEnv): Promise<Cost> {
  const taken = await cost(['sh', '-c', command], env);
  if (taken.code !== 0) throw new Error(`${command} ended with ${taken.code}: ${taken.output.slice(-2000)}`);
  return taken;
}

async function put(command: string, files: Record<string, string>, env: NodeJS.ProcessEnv): Promise<void> {
  const input = join(env.HOME ?? '', 'input');
  writeFileSync(input, JSON.stringify(files));
  await timed(`${command} < ${input}`, env);
}

/** A third of the tasks start a process on each host, as about a third of kubespray's do. */
function playbook(): string {
  const tasks = Array.from({ length: TASKS }, (_, at) =>
    at % 3 === 0
      ? { name: `command ${at}`, 'ansible.builtin.command': 'true' }
      : { name: `fact ${at}`, 'ansible.builtin.set_fact': { [`fact_${at}`]: `{{ inventory_hostname }} ${at}` } },
  );
  return JSON.stringify([{ name: 'Bench', hosts: 'all', gather_facts: false, become: false, tasks }]);
}

function desiredFor(round: number): Desired {
  const fact = { address: '127.0.0.1', groups: ['kube_node'], settings: {}, calico: {} };
  const call = [{ playbook: 'cluster.yml' }];
  return {
    facts: {
      cluster: 'bench',
      release: { version: 'v2.31.0', kubernetes: '1.35.4', source: 'x' },
      settings: { round },
      calico: {},
      hosts: Object.fromEntries(HOSTS.map((name) => [name, fact])),
      first: { controlPlane: 'node1', etcd: 'node1' },
      peers: {},
    },
    // `-b` of the runner's command line would go through sudo.
    hosts: {
      all: {
        hosts: Object.fromEntries(HOSTS.map((name) => [name, null])),
        vars: {
          ansible_connection: 'local',
          ansible_become: false,
          ansible_python_interpreter: '{{ ansible_playbook_python }}',
        },
      },
    },
    folder: 'kubespray-x',
    how: { build: call, converge: call } as unknown as Readonly<Record<StepKind, typeof call>>,
    joins: {},
    fixed: { settings: [], calico: [] },
    migrates: [],
    removeDead: [],
    runs: { limitSeconds: 3600, keep: 20, forks: 5 },
  };
}
