import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { stringify } from 'yaml';

export interface Found {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds and values. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

export interface PrometheusOptions {
  readonly program: string;
  /** Of its own; `data` in it is its database. */
  readonly folder: string;
  /** Network namespace that it is in, and scrapes from. */
  readonly netns: string;
  readonly scrape: readonly object[];
  /** `groups` of rules, or nothing. */
  readonly rules?: object;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

const PORT = 9090;
const door = join(import.meta.dirname, 'door.ts');

/** A Prometheus of a test's own in a network namespace, asked through a socket. */
export class Prometheus {
  readonly #processes: ChildProcess[];
  readonly #socket: string;

  private constructor(processes: ChildProcess[], socket: string) {
    this.#processes = processes;
    this.#socket = socket;
  }

  static async start({ program, folder, netns, scrape, rules }: PrometheusOptions): Promise<Prometheus> {
    mkdirSync(join(folder, 'data'), { recursive: true });
    const config = join(folder, 'prometheus.yml');
    const ruleFiles = rules === undefined ? [] : [join(folder, 'rules.yml')];
    for (const file of ruleFiles) writeFileSync(file, stringify(rules));
    const global = { scrape_interval: '1s', evaluation_interval: '2s' };
    writeFileSync(config, stringify({ global, rule_files: ruleFiles, scrape_configs: scrape }));
    const words = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      // What is asked of it happened years ago.
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${PORT}`,
      '--log.level=error',
    ];
    const inside = ['nsenter', `--net=${netns}`, '--'];
    const server = run([...inside, program, ...words]);
    const socket = join(folder, 'door');
    const made = new Prometheus([server, run([...inside, process.execPath, door, socket, String(PORT)])], socket);
    for (const one of made.#processes.slice(1)) await said(one);
    await made.#ready(server);
    return made;
  }

  async #ready(server: ChildProcess): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if (server.exitCode !== null) break;
      if (
        await this.#get('/-/ready').then(
          (text) => /is Ready/.test(text),
          () => false,
        )
      )
        return;
      await new Promise((wake) => setTimeout(wake, 100));
    }
    throw new Error('Prometheus is not ready');
  }

  /** Now, or at that second. */
  async at(expr: string, time?: number): Promise<Found[]> {
    return read(await this.#ask('query', { query: expr, ...(time === undefined ? {} : { time: String(time) }) }));
  }

  /** From one second to another, a point in `step` seconds. */
  async over(expr: string, start: number, end: number, step: number): Promise<Found[]> {
    const words = { query: expr, start: String(start), end: String(end), step: String(step) };
    return read(await this.#ask('query_range', words));
  }

  async targets(): Promise<Target[]> {
    const { activeTargets } = await this.#ask<{ activeTargets: Target[] }>('targets', { state: 'active' });
    return activeTargets;
  }

  /** Rules of the files, with what their last evaluation said. */
  async rules(): Promise<{ name: string; health: string; lastError?: string }[]> {
    const { groups } = await this.#ask<{ groups: { rules: { name: string; health: string }[] }[] }>('rules', {});
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    for (const one of this.#processes) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      const gone = once(one, 'exit');
      one.kill('SIGTERM');
      await gone;
    }
  }

  async #ask<T>(what: string, words: Readonly<Record<string, string>>): Promise<T> {
    const text = await this.#get(`/api/v1/${what}?${new URLSearchParams(words)}`);
    const answer = JSON.parse(text) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${words.query ?? what}: ${answer.error}`);
    return answer.data;
  }

  #get(path: string): Promise<string> {
    return new Promise((done, failed) => {
      const asked = request({ socketPath: this.#socket, path, agent: false }, (answer) => {
        answer.setEncoding('utf8');
        let text = '';
        answer.on('data', (part: string) => {
          text += part;
        });
        answer.once('end', () => done(text));
        answer.once('error', failed);
      });
      asked.once('error', failed);
      asked.end();
    });
  }
}

/** A program that ends with its standard input, or when it is told to. */
export function run([command = '', ...words]: readonly string[]): ChildProcess {
  return spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Until it says its first word; throws where it ends without one. */
export async function said(one: ChildProcess): Promise<void> {
  const first = one.stdout === null ? [] : await Promise.race([once(one.stdout, 'data'), once(one, 'exit')]);
  if (!Buffer.isBuffer(first[0])) throw new Error(`${one.spawnargs.join(' ')} ended`);
}

function read(data: { readonly result: readonly Series[] }): Found[] {
  return data.result.map(({ metric, value, values }) => ({
    labels: metric,
    points: (values ?? (value === undefined ? [] : [value])).map(([time, text]) => [time, Number(text)] as const),
  }));
}
