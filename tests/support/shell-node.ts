/** A node on loopback that runs what it is told, as the user of this process, in a home of its own; and a stack that declares it alone. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ssh2 from 'ssh2';
import { packageDir } from '../../cli/project.ts';
import { runnerFiles } from '../../components/remote/index.ts';
import { makeKey } from '../../lab/disk.ts';
import { host, line } from './ssh-server.ts';

export class ShellNode {
  /** Project folder with the stack `dev`, the key, and the home of the node. */
  readonly dir = mkdtempSync(join(tmpdir(), 'calispray-shell-'));
  readonly home = join(this.dir, 'home');
  /** Commands that it was told. */
  readonly told: string[] = [];
  private port = 0;
  private readonly server: ssh2.Server;

  constructor() {
    const user = makeKey('');
    writeFileSync(join(this.dir, 'key'), user.private, { mode: 0o600 });
    mkdirSync(this.home);
    this.server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
      client.on('error', () => {});
      client.on('authentication', (asked) =>
        asked.method === 'publickey' ? asked.accept() : asked.reject(['publickey']),
      );
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => this.run(command, acceptExec()));
      });
    });
  }

  private run(command: string, channel: ssh2.ServerChannel): void {
    this.told.push(command);
    const env = { ...process.env, HOME: this.home, SSH_CONNECTION: '127.0.0.9 1 127.0.0.1 22' };
    const child = spawn('/bin/sh', ['-c', command], { env });
    channel.pipe(child.stdin);
    child.stdin.on('error', () => {});
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    child.on('close', (code) => {
      channel.exit(code ?? 1);
      channel.end();
    });
    channel.on('close', () => child.kill('SIGHUP'));
  }

  /** Starts it, and declares it as the one node of the stack `dev`. */
  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    this.declare((text) => text);
  }

  stop(): void {
    this.server.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  declare(change: (text: string) => string): void {
    const dev = readFileSync(join(packageDir, 'Pulumi.dev.yaml'), 'utf8');
    const ssh = `ssh: { user: root, port: ${this.port}, key: "${join(this.dir, 'key')}", hostKey: "${line(host)}" }`;
    const nodes = `    nodes:\n      masternode: { address: 127.0.0.1, roles: [control-plane, etcd, worker], ${ssh} }\n`;
    const text = dev.replace(/ {4}nodes:\n(?: {6}.*\n)+/, nodes).replace('nodes: 192.168.4.0/24', 'nodes: 127.0.0.0/8');
    assert.notEqual(text, dev);
    writeFileSync(join(this.dir, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\n');
    writeFileSync(join(this.dir, 'Pulumi.dev.yaml'), change(text));
  }

  /** A file below `~/.calispray/vmstation`. */
  lay(name: string, content: string | object): void {
    const path = join(this.home, '.calispray/vmstation', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }

  /** The runner as every `up` lays it. */
  layRunner(): void {
    for (const [name, text] of Object.entries(runnerFiles())) this.lay(`runner/${name}`, text);
  }

  child(words: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const tools = { engine: join(this.dir, 'engine'), bin: this.dir, providers: 'official' };
    const main = join(packageDir, 'cli/main.ts');
    return spawn(process.execPath, [main, '-C', this.dir, ...words], {
      env: { ...process.env, CALISPRAY_STATE: join(this.dir, 'state'), CALISPRAY_TOOLS: JSON.stringify(tools), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** `calispray` with these words on that project; the engine is the file `engine` in its folder. */
  async calispray(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = this.child(words);
    const said = { out: '', err: '' };
    child.stdout?.on('data', (chunk) => (said.out += chunk));
    child.stderr?.on('data', (chunk) => (said.err += chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...said };
  }
}
