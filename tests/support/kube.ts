import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tools } from '../../setup/index.ts';
import { freePort } from './sshd.ts';

export type KubeTools = Pick<Tools, 'etcd' | 'kubeApiserver' | 'kubeControllerManager'>;

/** A real etcd, kube-apiserver and kube-controller-manager on loopback. */
export interface Kube {
  /** Content of a kubeconfig with every right; also in `<dir>/kubeconfig`. */
  readonly kubeconfig: string;
  /** As an administrator, past the provider: `body` is sent as JSON. Gives the status and the decoded answer. */
  call(method: string, path: string, body?: unknown, contentType?: string): Promise<{ status: number; body: Answer }>;
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of the API server, looked into by tests
type Answer = any;

/** How long the API server may take to be ready, in milliseconds. */
const longestStart = 90_000;

export async function startKube(tools: KubeTools, dir: string): Promise<Kube> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const [api, etcd, peer, manager] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const pki = makeKeys(dir);
  const kubeconfig = kubeconfigFor(pki, api, 'admin');
  writeFileSync(join(dir, 'kubeconfig'), kubeconfig, { mode: 0o600 });
  writeFileSync(join(dir, 'manager.kubeconfig'), kubeconfigFor(pki, api, 'manager'), { mode: 0o600 });
  const started: { name: string; child: ChildProcess }[] = [];
  const start = (name: string, file: string, args: string[]) => {
    const log = openSync(join(dir, `${name}.log`), 'w');
    // They start with a third less CPU for 100 MB more.
    const env = { ...process.env, GOGC: '400' };
    started.push({ name, child: spawn(file, args, { stdio: ['ignore', log, log], env }) });
  };
  const stop = async () => {
    for (const { child } of started.reverse()) await end(child);
  };
  const call: Kube['call'] = (method, path, body, contentType) => ask(pki, api, method, path, body, contentType);
  try {
    start('etcd', tools.etcd, [
      ...['--data-dir', join(dir, 'etcd'), '--name', 'test', '--log-level', 'warn', '--unsafe-no-fsync'],
      ...['--listen-client-urls', `http://127.0.0.1:${etcd}`, '--advertise-client-urls', `http://127.0.0.1:${etcd}`],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${peer}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peer}`,
      ],
      ...['--initial-cluster', `test=http://127.0.0.1:${peer}`],
    ]);
    start('kube-apiserver', tools.kubeApiserver, [
      ...['--bind-address=127.0.0.1', `--secure-port=${api}`, '--advertise-address=127.0.0.1'],
      ...['--endpoint-reconciler-type=none', `--etcd-servers=http://127.0.0.1:${etcd}`],
      ...[`--tls-cert-file=${pki('apiserver.crt')}`, `--tls-private-key-file=${pki('apiserver.key')}`],
      ...[`--client-ca-file=${pki('ca.crt')}`, '--authorization-mode=RBAC', '--service-cluster-ip-range=10.233.0.0/18'],
      ...['--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${pki('sa.key')}`],
      `--service-account-signing-key-file=${pki('sa.key')}`,
    ]);
    await until('the API server is ready', dir, started, async () => (await call('GET', '/readyz')).status === 200);
    start('kube-controller-manager', tools.kubeControllerManager, [
      ...[`--kubeconfig=${join(dir, 'manager.kubeconfig')}`, '--bind-address=127.0.0.1', `--secure-port=${manager}`],
      ...[
        '--leader-elect=false',
        `--service-account-private-key-file=${pki('sa.key')}`,
        `--root-ca-file=${pki('ca.crt')}`,
      ],
    ]);
    const account = '/api/v1/namespaces/default/serviceaccounts/default';
    await until('the controllers work', dir, started, async () => (await call('GET', account)).status === 200);
    return { kubeconfig, call, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function until(
  what: string,
  dir: string,
  started: { name: string; child: ChildProcess }[],
  ready: () => Promise<boolean>,
) {
  const deadline = Date.now() + longestStart;
  while (!(await ready().catch(() => false))) {
    const dead = started.find(({ child }) => child.exitCode !== null);
    const late = Date.now() > deadline;
    if (dead !== undefined || late) {
      const { name } = dead ?? (started.at(-1) as { name: string });
      const log = readFileSync(join(dir, `${name}.log`), 'utf8')
        .split('\n')
        .slice(-15)
        .join('\n');
      throw new Error(`${late ? `waited ${longestStart / 1_000} s until ${what}` : `${name} ended`}:\n${log}`);
    }
    await sleep(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

type Pki = (file: string) => string;

function makeKeys(dir: string): Pki {
  const pki: Pki = (file) => join(dir, file);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const key = (name: string) => openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  key('ca');
  openssl('req', '-x509', '-new', '-key', 'ca.key', '-subj', '/CN=test-ca', '-days', '3650', '-out', 'ca.crt');
  const sign = (name: string, subject: string, extension: string) => {
    key(name);
    writeFileSync(pki(`${name}.ext`), extension);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    const ca = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3650'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...ca, '-extfile', `${name}.ext`, '-out', `${name}.crt`);
  };
  sign('apiserver', '/CN=kube-apiserver', 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth');
  sign('admin', '/O=system:masters/CN=admin', 'extendedKeyUsage=clientAuth');
  sign('manager', '/O=system:masters/CN=manager', 'extendedKeyUsage=clientAuth');
  key('sa');
  return pki;
}

function kubeconfigFor(pki: Pki, port: number, user: string): string {
  const data = (file: string) => readFileSync(pki(file)).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
  - name: test
    cluster: { server: "https://127.0.0.1:${port}", certificate-authority-data: ${data('ca.crt')} }
users:
  - name: ${user}
    user: { client-certificate-data: ${data(`${user}.crt`)}, client-key-data: ${data(`${user}.key`)} }
contexts:
  - name: test
    context: { cluster: test, user: ${user} }
current-context: test
`;
}

function ask(pki: Pki, port: number, method: string, path: string, body?: unknown, contentType = 'application/json') {
  const credentials = {
    ca: readFileSync(pki('ca.crt')),
    cert: readFileSync(pki('admin.crt')),
    key: readFileSync(pki('admin.key')),
  };
  return new Promise<{ status: number; body: Answer }>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': contentType };
    const options = { host: '127.0.0.1', port, method, path, headers, timeout: 30_000, agent: false, ...credentials };
    const call = request(options as never, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : text });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
