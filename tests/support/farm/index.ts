/**
 * A farm: nodes that are nothing but a real sshd each, with its default limits, on a network of their own that reaches
 * nothing and that nobody else reaches. It needs root, and the lab's base image.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeKey } from '../../../lab/disk.ts';
import { toolPaths } from '../../../setup/index.ts';
import type { Asked } from './ask.ts';

export interface FarmOptions {
  /** How many nodes: 250 at the most. */
  readonly nodes: number;
  /** Further lines of every node's sshd_config. */
  readonly sshd?: string;
  /** Nobody's command begins before this many of them have come. Then what asks less than so many at once waits for ever. */
  readonly together?: number;
}

export class Farm {
  readonly #dir = mkdtempSync(join(tmpdir(), 'calispray-farm-'));
  readonly #keys: string[] = [];
  #first: ChildProcess | undefined;

  /** Starts the nodes and waits until every sshd listens. */
  static async start(options: FarmOptions): Promise<Farm> {
    const farm = new Farm();
    try {
      await farm.#begin(options);
      return farm;
    } catch (error) {
      await farm.stop();
      throw error;
    }
  }

  async #begin({ nodes, sshd = '', together }: FarmOptions): Promise<void> {
    chmodSync(this.#dir, 0o755);
    const user = makeKey('farm');
    writeFileSync(join(this.#dir, 'user_key'), user.private, { mode: 0o600 });
    writeFileSync(join(this.#dir, 'user_key.pub'), `${user.public}\n`);
    if (together !== undefined) {
      mkdirSync(join(this.#dir, 'shared'));
      writeFileSync(join(this.#dir, 'shared/gate.sh'), gate(together));
    }
    const gated = together === undefined ? '' : 'ForceCommand sh /shared/gate.sh\n';
    for (let number = 1; number <= nodes; number++) {
      const mine = join(this.#dir, `node${number}`);
      mkdirSync(mine);
      const key = makeKey(`node${number}`);
      this.#keys.push(key.public);
      writeFileSync(join(mine, 'host_key'), key.private, { mode: 0o600 });
      writeFileSync(join(mine, 'sshd.conf'), `${settings}${gated}${sshd}\n`);
    }
    const script = fileURLToPath(new URL('start.sh', import.meta.url));
    const own = ['--mount', '--net', '--pid', '--mount-proc', '--fork', '--kill-child=KILL'];
    const child = spawn('unshare', [...own, 'sh', script, this.#dir, toolPaths().base, String(nodes)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#first = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
    while (!said.includes('ready\n')) {
      if (child.exitCode !== null) throw new Error(`the farm ended at once: ${said}`);
      await sleep(20);
    }
  }

  /** Nodes number 1 to `nodes` as a stack file has them; `jump` puts the rest of them behind the first. */
  cluster({ nodes = this.#keys.length, jump = false }: { nodes?: number; jump?: boolean } = {}): object {
    const from = jump ? 2 : 1;
    const declared = Array.from({ length: nodes + 1 - from }, (_, at) => {
      const number = at + from;
      const roles = at === 0 ? ['control-plane', 'etcd', 'worker'] : ['worker'];
      return [`node${number}`, { address: `10.77.0.${number}`, roles, ssh: { hostKey: this.#keys[number - 1] } }];
    });
    return {
      apiVersion: 'calispray/v1',
      name: 'farm',
      kubespray: { version: 'v2.31.0' },
      ssh: {
        user: 'root',
        key: join(this.#dir, 'user_key'),
        ...(jump ? { jump: { host: '10.77.0.1', hostKey: this.#keys[0] } } : {}),
      },
      nodes: Object.fromEntries(declared),
      network: { nodes: '10.77.0.0/24', pods: '10.244.0.0/16', services: '10.233.0.0/18', encapsulation: 'none' },
    };
  }

  /** `calispray up`'s questions to every node of this cluster, from a process on the farm's network. */
  async ask(cluster: object, times = 1): Promise<Asked[]> {
    const script = fileURLToPath(new URL('ask.ts', import.meta.url));
    const child = this.enter([process.execPath, script, String(times)]);
    let [output, errors] = ['', ''];
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (errors += chunk));
    child.stdin?.end(JSON.stringify(cluster));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(errors);
    return JSON.parse(output);
  }

  /** Starts a program on the farm's network, where every node is reached; its files are this machine's. */
  enter(argv: readonly string[]): ChildProcess {
    return spawn('nsenter', ['--target', String(this.#inside()), '--net', '--', ...argv], { stdio: 'pipe' });
  }

  /** What a node's sshd has said since it started. */
  log(number: number): string {
    return readFileSync(join(this.#dir, `node${number}`, 'log'), 'utf8');
  }

  /** Ends every process of the farm. */
  async stop(): Promise<void> {
    const child = this.#first;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  /** The process that unshare(1) started, as this machine counts: it is in the farm's network. */
  #inside(): number {
    const pid = this.#first?.pid;
    const children = execFileSync('cat', [`/proc/${pid}/task/${pid}/children`], { encoding: 'utf8' });
    return Number(children.trim().split(' ')[0]);
  }
}

/** As on the lab's nodes, the limits left out: those stay sshd's own, ten logins at a time and ten sessions a connection. */
const settings = readFileSync(new URL('../../../lab/node/sshd.conf', import.meta.url), 'utf8').replace(
  /^MaxS.*$/gm,
  '',
);

/** Run in the place of every command: it comes in, waits for the others, and then runs what was asked for. */
function gate(together: number): string {
  return `mkdir -p /shared/here
: > "/shared/here/$(hostname)-$$"
until set -- /shared/here/* && [ $# -ge ${together} ]; do sleep 0.02; done
exec sh -c "$SSH_ORIGINAL_COMMAND"
`;
}
