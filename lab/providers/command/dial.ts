import { createConnection, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import type { Logger } from '../engine.ts';
import { StepError } from '../provider.ts';
import type { Connection, Endpoint } from './inputs.ts';

/** A connected client, and the proxy's where one is used. */
export interface Session {
  readonly client: ssh2.Client;
  close(): void;
}

/**
 * Connects as the official provider does (pulumi-command v1.2.1 provider/pkg/provider/remote/connection.go): every failure is tried
 * again, 100 ms growing by half up to 5 s, until dialErrorLimit further tries failed. Errors read as the official ones.
 */
export async function dial(connection: Connection, logger: Logger, signal: AbortSignal): Promise<Session> {
  const target = `${bracketed(connection.host)}:${connection.port}`;
  const { proxy } = connection;
  if (proxy === undefined) {
    const login = await loginFor(connection);
    const client = await retry('Dial', connection.dialErrorLimit, logger, signal, async () =>
      handshake(await dialTcp(connection), connection, login),
    );
    return { client, close: () => client.end() };
  }
  try {
    const login = await loginFor(connection);
    const proxyLogin = await loginFor(proxy);
    const jump = await retry('Dial proxy', proxy.dialErrorLimit, logger, signal, async () =>
      handshake(await dialTcp(proxy), proxy, proxyLogin),
    );
    try {
      const client = await retry('Dial from proxy', connection.dialErrorLimit, logger, signal, async () =>
        handshake(await forward(jump, connection, target), connection, login),
      );
      client.on('close', () => jump.end());
      return { client, close: () => client.end() };
    } catch (error) {
      jump.end();
      throw error;
    }
  } catch (error) {
    throw error instanceof StepError ? new StepError(`proxy: ${error.message}`) : error;
  }
}

async function retry<T>(
  what: string,
  limit: number,
  logger: Logger,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failed = 1, pause = 100; ; failed++, pause = Math.min(pause * 1.5, 5_000)) {
    try {
      signal.throwIfAborted();
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw new StepError('context canceled');
      if (!(error instanceof StepError)) throw error;
      if (limit >= 0 && failed > limit) throw new StepError(`after ${failed - 1} failed attempts: ${error.message}`);
      logger.status(`${what} ${failed}/${limit < 0 ? 'inf' : limit} failed: retrying`);
    }
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

function dialTcp(endpoint: Endpoint): Promise<Socket> {
  const address = `${bracketed(endpoint.host)}:${endpoint.port}`;
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: endpoint.host, port: endpoint.port, noDelay: true });
    const fail = (message: string) => {
      socket.destroy();
      reject(new StepError(message));
    };
    if (endpoint.perDialTimeout > 0) {
      socket.setTimeout(endpoint.perDialTimeout * 1_000, () => fail(`dial tcp ${address}: i/o timeout`));
    }
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
        const reason = error.code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving';
        return fail(`dial tcp: lookup ${endpoint.host}: ${reason}`);
      }
      const reason = connectReasons[error.code ?? ''];
      fail(`dial tcp ${address}: ${reason === undefined ? error.message : `connect: ${reason}`}`);
    });
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      resolve(socket);
    });
  });
}

const connectReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
  ECONNRESET: 'connection reset by peer',
};

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function forward(jump: ssh2.Client, endpoint: Endpoint, target: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    jump.forwardOut('127.0.0.1', 0, endpoint.host, endpoint.port, (error, stream) => {
      if (error) reject(new StepError(`ssh: rejected: connect failed (${target}: ${error.message})`));
      else resolve(stream);
    });
  });
}

interface Login {
  readonly hostKey?: ParsedKey;
  readonly methods: readonly AnyAuthMethod[];
}

/** What we log in with, in the official order; of two methods of one kind only the first is tried, as Go's client does. */
async function loginFor(endpoint: Endpoint): Promise<Login> {
  const username = endpoint.user;
  const hostKey = endpoint.hostKey === undefined ? {} : { hostKey: parseHostKey(endpoint.hostKey) };
  const methods: AnyAuthMethod[] = [{ type: 'none', username }];
  if (endpoint.privateKey !== undefined) {
    const key = parseKey(endpoint.privateKey, endpoint.privateKeyPassword);
    methods.push({ type: 'publickey', username, key });
  }
  const { password } = endpoint;
  if (password !== undefined) {
    methods.push({ type: 'password', username, password });
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.map(() => password)),
    });
  }
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  if (agent !== undefined && agent !== '' && endpoint.privateKey === undefined) {
    methods.push({ type: 'agent', username, agent: await reachableAgent(agent) });
  }
  return { methods, ...hostKey };
}

function parseKey(privateKey: string, passphrase: string | undefined): ParsedKey {
  const key = ssh2.utils.parseKey(privateKey, passphrase);
  if (!(key instanceof Error)) return (Array.isArray(key) ? key[0] : key) as ParsedKey;
  if (/no passphrase given/.test(key.message)) throw new StepError('ssh: this private key is passphrase protected');
  if (/(bad passphrase|decrypt|integrity)/i.test(key.message)) {
    throw new StepError('x509: decryption password incorrect');
  }
  throw new StepError('ssh: no key found');
}

function parseHostKey(line: string): ParsedKey {
  const key = ssh2.utils.parseKey(line.trim());
  if (key instanceof Error) throw new StepError('failed to parse host key: ssh: no key found');
  return (Array.isArray(key) ? key[0] : key) as ParsedKey;
}

function reachableAgent(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'ENOENT' ? 'no such file or directory' : (connectReasons[error.code ?? ''] ?? error.message);
      reject(new StepError(`dial unix ${path}: connect: ${reason}`));
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(path);
    });
  });
}

function handshake(sock: Duplex, endpoint: Endpoint, login: Login): Promise<ssh2.Client> {
  const { hostKey } = login;
  const attempted: string[] = [];
  let mismatch = false;
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const fail = (error: Error & { level?: string }) => {
      client.destroy();
      sock.destroy();
      reject(new StepError(handshakeReason(error, mismatch, attempted, hostKey)));
    };
    // Stays for good: a connection lost later shows in the command that was running, and must not end this process.
    client.on('error', fail);
    client.once('close', () => fail(new Error('EOF')));
    client.once('ready', () => resolve(client));
    client.connect({
      sock: sock as never,
      username: endpoint.user,
      readyTimeout: endpoint.perDialTimeout * 1_000,
      keepaliveInterval: 15_000,
      keepaliveCountMax: 4,
      ...(hostKey === undefined ? {} : { algorithms: { serverHostKey: [hostKey.type as never] } }),
      hostVerifier: (offered: Buffer) => {
        mismatch = hostKey !== undefined && !offered.equals(hostKey.getPublicSSH());
        return !mismatch;
      },
      authHandler: authorise(login.methods, attempted) as never,
    });
  });
}

/** Offers, in order, the methods the server still allows; notes each that was tried. */
function authorise(methods: readonly AnyAuthMethod[], attempted: string[]): AuthHandlerMiddleware {
  const left = [...methods];
  return (allowed, _partial, next) => {
    while (left.length > 0) {
      const method = left.shift() as AnyAuthMethod;
      const type = method.type === 'agent' ? 'publickey' : method.type;
      if (type !== 'none' && allowed !== null && !allowed.includes(type as AuthenticationType)) continue;
      if (!attempted.includes(type)) attempted.push(type);
      return next(method);
    }
    next(false as never);
  };
}

function handshakeReason(
  error: Error & { level?: string },
  mismatch: boolean,
  attempted: readonly string[],
  hostKey: ParsedKey | undefined,
): string {
  if (mismatch) return 'ssh: handshake failed: ssh: host key mismatch';
  if (error.level === 'client-authentication') {
    const tried = `attempted methods [${attempted.join(' ')}], no supported methods remain`;
    return `ssh: handshake failed: ssh: unable to authenticate, ${tried}`;
  }
  if (/no matching host key format/.test(error.message)) {
    return `ssh: handshake failed: ssh: no common algorithm for host key; client offered: [${hostKey?.type ?? ''}]`;
  }
  return `ssh: handshake failed: ${error.message}`;
}
