import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Json, JsonObject } from '../properties.ts';
import { StepError } from '../provider.ts';
import { kubeconfigContent, type Settings } from './config.ts';

/** How long the first answer of a cluster is waited for; one that drops packets costs a preview this much, once. In milliseconds. */
const reachTimeout = 10_000;
const requestTimeout = 60_000;

/** What the API server said no to. */
export class ApiError extends StepError {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** Where the objects of one kind are: below /api/v1 or /apis/<group>/<version>. */
export interface Resource {
  readonly root: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  readonly timeout?: number;
}

/**
 * One API server. The library's own object client is not used: it rebuilds known kinds from typed models, which lose fields that
 * are spelled otherwise there (`from` of a NetworkPolicy is `_from`). It reads the kubeconfig and does the logging-in.
 */
export class Cluster {
  readonly #config: KubeConfig;
  readonly #server: string;
  readonly #groups = new Map<string, Promise<JsonObject[] | undefined>>();

  private constructor(config: KubeConfig, server: string) {
    this.#config = config;
    this.#server = server.replace(/\/+$/, '');
  }

  /** Connects, or says why not; the reason never holds any part of the kubeconfig but the server's address. */
  static async reach(settings: Settings): Promise<Cluster | { unreachable: string }> {
    const config = await load(settings);
    if (typeof config === 'string') return { unreachable: config };
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) return { unreachable: 'invalid configuration: no configuration has been provided' };
    const cluster = new Cluster(config, server);
    try {
      await cluster.request('GET', '/api/v1', { timeout: reachTimeout });
      return cluster;
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      return { unreachable: `unable to load schema information from the API server: ${error.message}` };
    }
  }

  async resource(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const cached = await this.#kinds(root);
    const entry = find(cached, kind) ?? find(await this.#kinds(root, true), kind);
    if (entry === undefined) return undefined;
    return { root, plural: String(entry.name), namespaced: entry.namespaced === true };
  }

  /** What a group serves; asked again where `fresh`, since custom resources appear while we run. */
  #kinds(root: string, fresh = false): Promise<JsonObject[] | undefined> {
    const known = this.#groups.get(root);
    if (known !== undefined && !fresh) return known;
    const asked = this.request('GET', root).then(
      (list) => (list.resources ?? []) as JsonObject[],
      (error: unknown) => {
        this.#groups.delete(root);
        if (error instanceof ApiError && (error.status === 404 || error.status === 503)) return undefined;
        throw error;
      },
    );
    this.#groups.set(root, asked);
    return asked;
  }

  /** Throws ApiError where the server refuses, StepError where it cannot be reached. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<JsonObject> {
    const query = new URLSearchParams(options.query).toString();
    const url = new URL(this.#server + path + (query === '' ? '' : `?${query}`));
    const request: https.RequestOptions = { method, headers: { accept: 'application/json' } };
    await this.#config.applyToHTTPSOptions(request);
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
    if (payload !== undefined) {
      const contentType = options.contentType ?? 'application/json';
      request.headers = {
        ...request.headers,
        'content-type': contentType,
        'content-length': Buffer.byteLength(payload),
      };
    }
    const answer = await send(url, request, payload, options.timeout ?? requestTimeout, options.signal);
    return read(answer.status, answer.text);
  }
}

function find(kinds: readonly JsonObject[] | undefined, kind: string): JsonObject | undefined {
  return kinds?.find((entry) => entry.kind === kind && !String(entry.name).includes('/'));
}

async function load(settings: Settings): Promise<KubeConfig | string> {
  // This file alone: the whole library takes twice as long to load.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  try {
    if (settings.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromString(kubeconfigContent(settings.kubeconfig));
    if (settings.context !== undefined) config.setCurrentContext(settings.context);
    const context = config.getContextObject(config.getCurrentContext());
    if (settings.cluster !== undefined && context !== null) Object.assign(context, { cluster: settings.cluster });
  } catch {
    // The parser's message quotes what it could not read, and that may be a key.
    return 'failed to parse kubeconfig data in `kubernetes:config:kubeconfig`';
  }
  return config;
}

function send(
  url: URL,
  request: https.RequestOptions,
  payload: string | undefined,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<{ status: number; text: string }> {
  const where = `${request.method} ${url.origin}${url.pathname}`;
  const transport = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => call.destroy(new Error(`no answer within ${timeout / 1_000} s`)), timeout);
    const fail = (error: Error) => {
      clearTimeout(deadline);
      reject(new StepError(signal?.aborted ? 'the run was cancelled' : `${where}: ${error.message || error.name}`));
    };
    const call = transport.request(url, { ...request, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(deadline);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    call.on('error', fail);
    call.end(payload);
  });
}

function read(status: number, text: string): JsonObject {
  let body: JsonObject = {};
  try {
    body = JSON.parse(text) as JsonObject;
  } catch {
    if (status < 300) throw new StepError(`the API server's answer (${status}) is no JSON: ${text.slice(0, 200)}`);
  }
  if (status < 300) return body;
  const message = typeof body.message === 'string' ? body.message : `status ${status}: ${text.slice(0, 200).trim()}`;
  throw new ApiError(status, String(body.reason ?? ''), status === 401 ? credentials : message);
}

const credentials = 'the server has asked for the client to provide credentials';
