/** One API server, asked to list and nothing else. No part of a kubeconfig but the server's address is ever shown. */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { UserError } from '../../cluster/finding.ts';
import { isRecord } from '../../cluster/raw.ts';

/** How long one answer may take, in seconds; the first decides whether there is a server at all. */
const FIRST_SECONDS = 10;
const PAGE_SECONDS = 60;
/** Objects of a page: of pods, about a megabyte. */
const PAGE = 500;
/** Of one answer: a page of the largest objects that the API takes is far below it. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Tries of a page that the server was too busy for. */
const TRIES = 4;

/** An answer that is no list: what the server said. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class ApiServer {
  readonly address: string;
  private readonly config: KubeConfig;
  private readonly firstSeconds: number;
  private reached = false;

  /** @param firstSeconds how long the first answer may take */
  constructor(config: KubeConfig, address: string, firstSeconds: number = FIRST_SECONDS) {
    this.config = config;
    this.firstSeconds = firstSeconds;
    this.address = address.replace(/\/+$/, '');
  }

  /**
   * @throws Refusal with the status of an answer that is no success, UserError `unreachable` where there is none, `no-credentials` where
   * the server does not know who asks
   */
  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
    const search = new URLSearchParams(query).toString();
    const url = new URL(`${this.address}${path}${search === '' ? '' : `?${search}`}`);
    const request: https.RequestOptions = { method: 'GET', headers: { accept: 'application/json' } };
    try {
      // An exec plugin of the kubeconfig is run here.
      await this.config.applyToHTTPSOptions(request);
    } catch (error) {
      throw badKubeconfig(`its user cannot be logged in: ${firstLine((error as Error).message)}`);
    }
    for (let tries = 1; ; tries++) {
      const { status, text, wait } = await this.send(url, request);
      if (status === 429 && tries < TRIES) {
        await sleep(Math.min(wait, 10) * 1000);
        continue;
      }
      const body = bodyOf(text);
      if (status < 300 && body !== undefined) return body;
      if (status === 401) throw noCredentials(this.address);
      const said = typeof body?.message === 'string' ? body.message : `status ${status}`;
      throw new Refusal(status < 300 ? 502 : status, said);
    }
  }

  /** Every object of a list, page by page; of each page only what `keep` makes of it stays. `told` hears how many there are so far. */
  async list<T>(
    path: string,
    keep: (item: Record<string, unknown>) => T[],
    told: (count: number) => void = () => {},
  ): Promise<T[]> {
    let found: T[] = [];
    let limit = PAGE;
    let next = '';
    do {
      const query = { ...(limit > 0 && { limit: String(limit) }), ...(next !== '' && { continue: next }) };
      let page: Record<string, unknown>;
      try {
        page = await this.get(path, query);
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 410 || next === '') throw error;
        // The list was so long under way that the server has forgotten its beginning: all of it at once.
        [found, limit, next] = [[], 0, ''];
        page = await this.get(path);
      }
      if (Array.isArray(page.items)) for (const item of page.items.filter(isRecord)) found.push(...keep(item));
      told(found.length);
      const { continue: more } = isRecord(page.metadata) ? page.metadata : {};
      next = typeof more === 'string' ? more : '';
    } while (next !== '');
    return found;
  }

  private send(url: URL, request: https.RequestOptions): Promise<{ status: number; text: string; wait: number }> {
    const seconds = this.reached ? PAGE_SECONDS : this.firstSeconds;
    const transport = url.protocol === 'http:' ? http : https;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => call.destroy(new Error(`no answer within ${seconds} s`)), seconds * 1000);
      const fail = (error: Error) => {
        clearTimeout(deadline);
        reject(unreachable(this.address, error));
      };
      const call = transport.request(url, request, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > MOST_BYTES) call.destroy(new Error(`its answer is larger than ${MOST_BYTES / 1024 / 1024} MiB`));
        });
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(deadline);
          this.reached = true;
          const wait = Number(response.headers['retry-after'] ?? 1);
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            wait: wait > 0 ? wait : 1,
          });
        });
      });
      call.on('error', fail);
      call.end();
    });
  }
}

/**
 * @param text of a kubeconfig
 * @param context of it. Default: its current one
 * @throws UserError `bad-kubeconfig`, never with any of its text
 */
export async function apiServerOf(text: string, context?: string): Promise<ApiServer> {
  // This file alone: the whole library takes twice as long to load.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  try {
    config.loadFromString(text);
  } catch {
    // The parser's message quotes what it could not read, and that may be a key.
    throw badKubeconfig('it is no kubeconfig');
  }
  const names = config.getContexts().map(({ name }) => name);
  if (context !== undefined && !names.includes(context)) {
    throw badKubeconfig(`it has no context ${context}; there are: ${names.join(', ') || 'none'}`);
  }
  if (context !== undefined) config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined || !URL.canParse(server)) {
    const current = config.getCurrentContext();
    const which = current === undefined || current === '' ? 'it names no current context' : `its context ${current}`;
    throw badKubeconfig(
      context === undefined && names.length > 0 && !names.includes(current)
        ? `${which} and --context names none; there are: ${names.join(', ')}`
        : `${which} leads to no server`,
    );
  }
  return new ApiServer(config, server);
}

export function badKubeconfig(what: string): UserError {
  const hint = 'Give the file that `kubectl` works with, and --context where it has several.';
  return UserError.of('bad-kubeconfig', '', `the kubeconfig cannot be used: ${what}`, hint);
}

function noCredentials(address: string): UserError {
  const hint = 'Its certificate or token may have run out: fetch the kubeconfig anew.';
  return UserError.of('no-credentials', '', `${address} does not know who asks (401)`, hint);
}

function unreachable(address: string, error: Error): UserError {
  const { code } = error as NodeJS.ErrnoException;
  const why = firstLine(error.message || code || error.name);
  const certificate = /certificate|self.signed|altname/i.test(`${code} ${why}`);
  const hint = certificate
    ? 'The kubeconfig has another certificate authority or address than the server: fetch it anew.'
    : 'See whether this machine reaches the address (a VPN, a firewall); `kubectl version` says the same.';
  return UserError.of('unreachable', '', `${address} cannot be reached: ${why}`, hint);
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 200);
}

function bodyOf(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
