/** What a lab's nodes and its controller hold, read without SSH and without a command of ours. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeArguments } from '../../lab/enter.ts';

/** One run as its folder on the controller tells it. */
export interface RunOnController {
  readonly folder: string;
  readonly kind: string;
  readonly hosts: readonly string[];
  /** run.json, whole. */
  readonly told: string;
  /** Each call's hosts, with how much changed on each. */
  readonly changed: readonly Readonly<Record<string, number>>[];
  /** The end of the last attempt: `succeeded`, `failed` … */
  readonly outcome?: string;
}

export class LabNodes {
  readonly labDir: string;

  constructor(labDir: string) {
    this.labDir = labDir;
  }

  /** A path of a node as the machine sees it. */
  path(node: string, path: string): string {
    return `/proc/${this.#pid(node)}/root${path}`;
  }

  read(node: string, path: string): string {
    return readFileSync(this.path(node, path), 'utf8');
  }

  /** Standard output of a command as root on a node; throws with all it said where it fails. */
  run(node: string, ...argv: string[]): string {
    const done = spawnSync('nsenter', [...nodeArguments(this.#pid(node), 'dumb'), ...argv], { encoding: 'utf8' });
    if (done.status === 0) return done.stdout;
    throw new Error(`${node}: ${argv.join(' ')}: status ${done.status}\n${done.stdout}${done.stderr}`);
  }

  kubectl(...words: string[]): string {
    return this.run('masternode', '/usr/local/bin/kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', ...words);
  }

  /** A field of an object, or of all of a kind: `{.spec.mtu}`. */
  field(path: string, ...object: string[]): string {
    return this.kubectl('get', ...object, '-o', `jsonpath=${path}`);
  }

  /** Every run on masternode, oldest first. */
  runs(cluster = 'lab', home = '/root'): RunOnController[] {
    const folder = this.path('masternode', `${home}/.calispray/${cluster}/runs`);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^\d{4}-/.test(name))
      .sort()
      .map((name) => {
        const told = readFileSync(join(folder, name, 'run.json'), 'utf8');
        const run = JSON.parse(told) as { kind: string; hosts: string[]; attempts: { outcome?: string }[] };
        const events = join(folder, name, 'events.jsonl');
        const lines = existsSync(events) ? readFileSync(events, 'utf8').trim().split('\n') : [];
        const changed = lines.flatMap((line) => summary(JSON.parse(line) as Event));
        const outcome = run.attempts.at(-1)?.outcome;
        const { kind, hosts } = run;
        return { folder: name, kind, hosts, told, changed, ...(outcome === undefined ? {} : { outcome }) };
      });
  }

  #pid(node: string): number {
    return Number.parseInt(readFileSync(join(this.labDir, 'hosts', node, 'pid'), 'utf8'), 10);
  }
}

interface Event {
  readonly kind: string;
  readonly hosts?: Readonly<Record<string, { readonly changed: number }>>;
}

function summary({ kind, hosts = {} }: Event): Record<string, number>[] {
  if (kind !== 'summary') return [];
  return [Object.fromEntries(Object.entries(hosts).map(([name, { changed }]) => [name, changed]))];
}
