/** The vendors' own download sites, and whether they can be reached: asked once for a run, all at the same time. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Vendor = 'pulumi' | 'kubernetes' | 'etcd';

const defaults: Readonly<Record<Vendor, { readonly variable: string; readonly base: string }>> = {
  pulumi: { variable: 'CALISPRAY_DOWNLOAD_PULUMI', base: 'https://get.pulumi.com' },
  kubernetes: { variable: 'CALISPRAY_DOWNLOAD_KUBERNETES', base: 'https://dl.k8s.io' },
  etcd: { variable: 'CALISPRAY_DOWNLOAD_ETCD', base: 'https://github.com/etcd-io/etcd/releases/download' },
};

export interface VendorsOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Where an unreachable site is remembered for later runs; without it nothing is remembered. */
  readonly memory?: string;
  /** Seconds for which what is remembered holds, by default ten minutes. 0 asks again. */
  readonly memorySeconds?: number;
  /** Milliseconds that a site gets to answer anything at all, by default five seconds. */
  readonly patience?: number;
}

export class Vendors {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #memory: string | undefined;
  readonly #memorySeconds: number;
  readonly #patience: number;
  #answers: Promise<ReadonlyMap<Vendor, boolean>> | undefined;

  constructor(options: VendorsOptions = {}) {
    this.#environment = options.environment ?? process.env;
    this.#memory = options.memory;
    this.#memorySeconds = options.memorySeconds ?? 600;
    this.#patience = options.patience ?? 5000;
  }

  /** Base address without a slash at its end: the vendor's, or a mirror's from `CALISPRAY_DOWNLOAD_<VENDOR>`. */
  base(vendor: Vendor): string {
    const { variable, base } = defaults[vendor];
    return (this.#environment[variable] || base).replace(/\/+$/, '');
  }

  /** False if the site gave no answer in time. The first call asks all sites; later ones wait for nothing. */
  async reachable(vendor: Vendor): Promise<boolean> {
    this.#answers ??= this.#ask();
    return (await this.#answers).get(vendor) === true;
  }

  async #ask(): Promise<ReadonlyMap<Vendor, boolean>> {
    const remembered = this.#remembered();
    const names = Object.keys(defaults) as Vendor[];
    const answers = await Promise.all(
      names.map(
        async (name) =>
          [name, !remembered.has(this.base(name)) && (await answersAtAll(this.base(name), this.#patience))] as const,
      ),
    );
    this.#remember(answers.filter(([, reached]) => !reached).map(([name]) => this.base(name)));
    return new Map(answers);
  }

  #remembered(): ReadonlySet<string> {
    if (this.#memory === undefined || this.#memorySeconds === 0) return new Set();
    const oldest = Date.now() - this.#memorySeconds * 1000;
    return new Set(
      Object.entries(readMemory(this.#memory))
        .filter(([, time]) => time >= oldest && time <= Date.now())
        .map(([base]) => base),
    );
  }

  /** An address keeps the time of its first failure, so that it is asked again when the memory runs out. */
  #remember(unreachable: readonly string[]): void {
    if (this.#memory === undefined) return;
    const known = this.#memorySeconds === 0 ? new Set<string>() : this.#remembered();
    const before = readMemory(this.#memory);
    const now = Date.now();
    const after = Object.fromEntries(unreachable.map((base) => [base, known.has(base) ? (before[base] ?? now) : now]));
    mkdirSync(this.#memory, { recursive: true });
    const file = memoryFile(this.#memory);
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(after));
    renameSync(`${file}.${process.pid}`, file);
  }
}

const memoryFile = (directory: string): string => join(directory, 'unreachable.json');

function readMemory(directory: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(memoryFile(directory), 'utf8')) as Record<string, number>;
  } catch {
    // Missing, or cut short: then nothing is known, and the sites are asked.
    return {};
  }
}

/** Any answer will do, an error page too: whether a file is there, its own download tells. */
async function answersAtAll(base: string, patience: number): Promise<boolean> {
  try {
    const response = await fetch(base, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(patience) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
