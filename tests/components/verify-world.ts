/** A controller, two nodes in one network namespace, their pods and an API of files: a verification runs in it as it does anywhere else. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { verifyCommand, verifyInput } from '../../components/remote/verify/index.ts';
import type { Check, CheckResult, VerifyEvent, VerifyPlan } from '../../kubespray/verify/types.ts';
import { makePodWorld, type PodWorld, SUBNET, SUBNET6 } from './probes-world.ts';

export interface Verified {
  readonly code: number | null;
  readonly events: readonly VerifyEvent[];
  readonly errors: string;
}

export type Faults = {
  readonly pods?: Readonly<Record<string, unknown>>;
  readonly policies?: 'ignored' | 'allowed-before';
  readonly delete?: 'refused';
  readonly api?: 'down' | 'refused';
};

export class VerifyWorld {
  readonly dir = mkdtempSync(join(tmpdir(), 'calispray-verify-'));
  readonly net: PodWorld;
  readonly #bin = join(this.dir, 'bin');
  readonly #api = join(this.dir, 'api');
  readonly #children: ChildProcess[] = [];

  constructor({ mtu = 1500, user = 'root' }: { mtu?: number; user?: string } = {}) {
    const pod = (n: number, host = 1500) => ({ address: `${SUBNET}.${n}`, address6: `${SUBNET6}::${n}`, host });
    this.net = makePodWorld({ a1: pod(1), a2: pod(2), a3: pod(3), b1: pod(65, mtu), b2: pod(66), b3: pod(67) });
    this.net.onNode('ip', 'addr', 'add', '192.0.2.1/32', 'dev', 'lo');
    this.net.onNode('ip', 'addr', 'add', '2001:db8::1/128', 'dev', 'lo');
    for (const folder of [this.#bin, this.#api, join(this.dir, '.calispray/test')])
      mkdirSync(folder, { recursive: true });
    this.program('ssh', SSH(this.net.node));
    this.program('sudo', '#!/bin/sh\n[ "$1" = -n ] || exit 9\nshift\nexec "$@"\n');
    copyFileSync(new URL('verify-kubectl.py', import.meta.url), join(this.#bin, 'kubectl'));
    chmodSync(join(this.#bin, 'kubectl'), 0o755);
    const host = { ansible_host: '192.0.2.1', ansible_port: 22, ansible_user: user };
    const hosts = { alpha: host, beta: { ...host, ansible_host: '192.0.2.2', ansible_port: 2222 } };
    this.home('desired.json', JSON.stringify({ hosts: { all: { hosts } } }));
    this.home('known_hosts', '192.0.2.1 ssh-ed25519 AAAA\n');
    const both = (n: number) => [`${SUBNET}.${n}`, `${SUBNET6}::${n}`];
    const addresses = { alpha: [1, 2, 3].map(both), beta: [65, 66, 67].map(both) };
    writeFileSync(join(this.#api, 'addresses.json'), JSON.stringify(addresses));
    for (const name of ['alpha', 'beta']) this.node(name, {});
  }

  home(name: string, text: string): void {
    writeFileSync(join(this.dir, '.calispray/test', name), text);
  }

  program(name: string, text: string): void {
    writeFileSync(join(this.#bin, name), text, { mode: 0o755 });
  }

  /** A Node of the API, Ready and of Kubernetes 1.35.4 but for what is given. */
  node(
    name: string,
    { ready = 'True', version = 'v1.35.4', podCIDRs = [] }: { ready?: string; version?: string; podCIDRs?: string[] },
  ): void {
    const conditions = [{ type: 'Ready', status: ready, message: 'container runtime is down' }];
    this.object(`/api/v1/nodes/${name}`, {
      spec: { podCIDRs },
      status: { conditions, nodeInfo: { kubeletVersion: version } },
    });
  }

  object(path: string, body: Record<string, unknown>): void {
    const file = join(this.#api, 'objects', `${path}.json`);
    mkdirSync(join(file, '..'), { recursive: true });
    const name = path.split('/').at(-1);
    writeFileSync(file, JSON.stringify({ ...body, metadata: { name, ...(body.metadata as object) } }));
  }

  has(path: string): boolean {
    return existsSync(join(this.#api, 'objects', `${path}.json`));
  }

  faults(faults: Faults): void {
    writeFileSync(join(this.#api, 'faults.json'), JSON.stringify(faults));
  }

  /** What was made: path of the list, and the object. */
  made(): [
    string,
    { kind: string; metadata: { name: string; annotations?: Record<string, string> }; spec?: Record<string, unknown> },
  ][] {
    const file = join(this.#api, 'made.jsonl');
    return existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line))
      : [];
  }

  /** Namespaces that are there now. */
  left(): string[] {
    const names = new Set(
      this.made().flatMap(([path, { metadata }]) => (path === '/api/v1/namespaces' ? [metadata.name] : [])),
    );
    return [...names].filter((name) => this.has(`/api/v1/namespaces/${name}`));
  }

  /** Command lines that ssh was begun with. */
  logins(): string[] {
    return readFileSync(join(this.dir, 'logins'), 'utf8').trim().split('\n');
  }

  plan(checks: readonly Partial<Check>[], more: Partial<VerifyPlan> = {}): VerifyPlan {
    const nodes = ['alpha', 'beta'].map((name, i) => ({
      name,
      address: '192.0.2.1',
      address6: '2001:db8::1',
      roles: i === 0 ? ['control-plane', 'worker'] : ['worker'],
    }));
    const full = checks.map(
      (check): Check => ({
        id: check.kind ?? '',
        sentence: 'It is well.',
        kind: '',
        with: {},
        expected: 'well',
        required: true,
        seconds: 6,
        ...check,
      }),
    );
    return { cluster: 'test', nodes, image: 'registry.example/pause:3.10.1', seconds: 60, checks: full, ...more };
  }

  start(plan: VerifyPlan): ChildProcess & { ended: Promise<Verified>; said: () => VerifyEvent[] } {
    const env = { HOME: this.dir, FAKE_API: this.#api, PATH: `${this.#bin}${delimiter}${process.env.PATH}` };
    const child = spawn('sh', ['-c', `exec ${verifyCommand()}`], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#children.push(child);
    child.stdin.end(verifyInput(plan));
    const heard = { out: '', errors: '' };
    child.stdout.on('data', (chunk) => (heard.out += chunk));
    child.stderr.on('data', (chunk) => (heard.errors += chunk));
    const said = () =>
      heard.out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as VerifyEvent);
    const ended = new Promise<Verified>((resolve) => {
      child.on('close', (code) => resolve({ code, events: said(), errors: heard.errors }));
    });
    return Object.assign(child, { ended, said });
  }

  verify(plan: VerifyPlan): Promise<Verified> {
    return this.start(plan).ended;
  }

  /** Numbers of the processes on the nodes and in their pods. */
  processes(): string[] {
    return this.net.processes();
  }

  /** The agents themselves, without what they began. */
  agents(): number[] {
    const line = (pid: string, file: string) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, 'utf8');
      } catch {
        return '';
      }
    };
    const isAgent = (pid: string) => line(pid, 'cmdline').includes('# Given with');
    const parent = (pid: string) => /^PPid:\s+(\d+)/m.exec(line(pid, 'status'))?.[1] ?? '';
    return this.processes()
      .filter((pid) => isAgent(pid) && !line(parent(pid), 'cmdline').startsWith('python3'))
      .map(Number);
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    this.net.remove();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** What came of one check. */
export const result = ({ events }: Pick<Verified, 'events'>, id: string): CheckResult => {
  const found = events.find((each) => each.event === 'check' && each.id === id);
  assert.ok(found?.event === 'check', `${id} among ${JSON.stringify(events)}`);
  return found;
};
/** The last event. */
export const ending = ({ events }: Verified) => {
  const last = events.at(-1);
  assert.ok(last?.event === 'end');
  return last;
};
/** The check of pods on both nodes. */
export const pods = (more: Partial<Check> = {}): Partial<Check> => ({
  kind: 'pods-across-nodes',
  with: { nodes: ['alpha', 'beta'], size: 1500 },
  ...more,
});

/** Takes down what it is begun with, and runs the command where the node is. */
const SSH = (node: string) => `#!/bin/sh
printf '%s\\n' "$(echo "$@" | tr '\\n' ' ' | cut -c1-1000)" >> "$HOME/logins"
[ -e "$HOME/down" ] && { echo "ssh: connect to host: No route to host" >&2; exit 255; }
for command; do :; done
exec ip netns exec ${node} sh -c "$command"
`;
