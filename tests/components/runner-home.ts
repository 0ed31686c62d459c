import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ensureCommand,
  layRunnerCommand,
  recordCommand,
  remotePython,
  runnerFiles,
  runsCommand,
  settleCommand,
} from '../../components/remote/index.ts';
import type { Desired, Facts, StepKind } from '../../kubespray/plan/types.ts';

export const kinds: readonly StepKind[] = [
  'build',
  'converge',
  'upgrade',
  'migrate',
  'calico',
  'label',
  'join',
  'join-control-plane',
  'join-etcd',
  'remove',
  'remove-dead',
  'unpeer',
  'reset',
];

export const facts: Facts = {
  cluster: 'vm',
  release: { version: 'v2.31.0', kubernetes: '1.35.4', source: 'abc' },
  settings: { kube_pods_subnet: '10.244.0.0/16', upstream_dns_servers: [] },
  calico: { calico_mtu: 1440 },
  hosts: { node1: host('10.0.0.1', ['etcd', 'kube_control_plane', 'kube_node']), node2: host('10.0.0.2') },
  first: { controlPlane: 'node1', etcd: 'node1' },
  peers: {},
};

/** The facts with some of a part's values replaced. */
export function changed(part: 'settings' | 'calico', value: object): Facts {
  return { ...facts, [part]: { ...facts[part], ...value } };
}

export function host(address: string, groups: readonly string[] = ['kube_node']): Facts['hosts'][string] {
  return { address, groups, settings: {}, calico: {} };
}

/** What a controller is told of these facts, each step being one call of a playbook of its name. */
export function desiredOf(wanted: Facts, more: Partial<Desired> = {}): Desired {
  const names = Object.keys(wanted.hosts);
  const group = (name: string) => ({
    hosts: Object.fromEntries(
      names.filter((each) => wanted.hosts[each]?.groups.includes(name)).map((each) => [each, null]),
    ),
  });
  return {
    facts: wanted,
    hosts: {
      all: {
        hosts: Object.fromEntries(
          names.map((name) => [name, { ansible_host: wanted.hosts[name]?.address, ansible_connection: 'local' }]),
        ),
        children: {
          kube_control_plane: group('kube_control_plane'),
          kube_node: group('kube_node'),
          etcd: group('etcd'),
        },
      },
    },
    folder: 'kubespray-x',
    how: Object.fromEntries(kinds.map((kind) => [kind, [{ playbook: `${kind}.yml` }]])) as unknown as Desired['how'],
    joins: Object.fromEntries(
      names.map((name) => [
        name,
        wanted.hosts[name]?.groups.includes('kube_control_plane') ? 'join-control-plane' : 'join',
      ]),
    ),
    fixed: { settings: ['kube_pods_subnet'], calico: ['calico_pool_blocksize'] },
    migrates: [],
    removeDead: [],
    runs: { limitSeconds: 60, keep: 20, forks: 5 },
    ...more,
  };
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call that is at work. */
export interface Begun {
  readonly child: ChildProcess;
  /** Its standard output so far. */
  readonly said: () => string;
  readonly ended: Promise<Ended>;
}

/** A controller's home with the runner laid, and something that stands in for ansible-playbook or is it. */
export class RunnerHome {
  readonly home: string;
  /** Facts last laid. */
  laid: Desired = desiredOf(facts);

  constructor(at: string = tmpdir()) {
    this.home = mkdtempSync(join(at, 'calispray-runner-'));
    this.layRunner();
    mkdirSync(this.at('kubespray-x/kubespray'), { recursive: true });
    mkdirSync(this.at('kubespray-x/venv/bin'), { recursive: true });
    this.lay(this.laid);
  }

  at(...names: string[]): string {
    return join(this.home, '.calispray/vm', ...names);
  }

  /** A shell as sshd gives one. */
  sh(command: string, input = '', env: Record<string, string> = {}): Ended {
    return spawnSync('sh', ['-c', command], {
      input,
      encoding: 'utf8',
      env: { ...this.env, ...env },
      timeout: 120_000,
    });
  }

  get env(): Record<string, string> {
    return { HOME: this.home, PATH: process.env.PATH ?? '', SSH_CONNECTION: '192.168.4.10 50000 192.168.4.63 22' };
  }

  layRunner(): void {
    const put = this.sh(layRunnerCommand('vm'), JSON.stringify(runnerFiles()));
    assert.equal(put.status, 0, put.stderr);
  }

  lay(desired: Desired, more: Record<string, string> = {}): Desired {
    this.laid = desired;
    const files = {
      'inventory/hosts.yaml': JSON.stringify(desired.hosts),
      'inventory/group_vars/all/all.yml': 'colour: blue\n',
      'desired.json': JSON.stringify(desired),
      known_hosts: Object.values(desired.facts.hosts)
        .map(({ address }) => `${address} ssh-ed25519 AAAA${address}\n`)
        .join(''),
      ...more,
    };
    const put = this.sh(remotePython('put-inventory.py', ['vm']), JSON.stringify(files));
    assert.equal(put.status, 0, put.stderr);
    return desired;
  }

  /** `body` stands in for ansible-playbook; each call adds a line to $HOME/count: the playbook's name. */
  playbook(body: string): void {
    const path = this.at('kubespray-x/venv/bin/ansible-playbook');
    writeFileSync(path, `#!/bin/bash\nset -u\nbook=\${*: -1}\nbasename "$book" >> "$HOME/count"\n${body}\n`);
    chmodSync(path, 0o755);
  }

  calls(): string[] {
    return existsSync(join(this.home, 'count'))
      ? readFileSync(join(this.home, 'count'), 'utf8').split('\n').slice(0, -1)
      : [];
  }

  part(fact: readonly string[]): unknown {
    const [what = '', name = ''] = fact;
    const { facts: wanted } = this.laid;
    if (what === 'member') return wanted.hosts[name];
    if (what === 'peer') return wanted.peers[name];
    return wanted[what as 'release' | 'settings' | 'calico'];
  }

  input(fact: readonly string[], secrets?: unknown): string {
    return JSON.stringify({ part: this.part(fact), ...(secrets === undefined ? {} : { secrets }) });
  }

  ensure(fact: readonly string[], secrets?: unknown): Ended {
    return this.sh(ensureCommand('vm', fact), this.input(fact, secrets));
  }

  /** The same, not waited for. */
  begin(fact: readonly string[], secrets?: unknown): Begun {
    return this.background(ensureCommand('vm', fact), this.input(fact, secrets));
  }

  /** What is owed though no fact asks for it. */
  settle(): Ended {
    return this.sh(settleCommand('vm'));
  }

  beginSettle(): Begun {
    return this.background(settleCommand('vm'), '');
  }

  private background(command: string, input: string): Begun {
    const child = spawn('sh', ['-c', command], { env: this.env, detached: true });
    child.stdin.end(input);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const said = () => stdout;
    return {
      child,
      said,
      ended: new Promise((done) => child.on('close', (status) => done({ status, stdout, stderr }))),
    };
  }

  record(): Partial<Facts> {
    return JSON.parse(this.sh(recordCommand('vm')).stdout);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the runner prints is compared field by field
  runs(): any[] {
    return JSON.parse(this.sh(runsCommand('vm')).stdout);
  }

  /** Every file below the home with its text. */
  files(): Map<string, string> {
    const found = readdirSync(this.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(
      found.map((entry) => [
        join(entry.parentPath, entry.name),
        readFileSync(join(entry.parentPath, entry.name), 'latin1'),
      ]),
    );
  }

  async until(what: () => boolean, name: string): Promise<void> {
    for (let tries = 0; tries < 1200; tries++) {
      if (what()) return;
      await new Promise((wake) => setTimeout(wake, 50));
    }
    assert.fail(`${name} did not happen within 60 s`);
  }

  /** Ends whatever a test left at work here, then removes the home. */
  remove(): void {
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each) && Number(each) !== process.pid)) {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'latin1') + readFileSync(`/proc/${name}/environ`, 'latin1');
        if (words.includes(this.home)) process.kill(Number(name), 'SIGKILL');
      } catch {
        // ended meanwhile
      }
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
