/** An SSH server on loopback in the place of a node: it lets one key in and runs nothing. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { packageDir } from '../../cli/project.ts';
import type { Endpoint } from '../../components/endpoint.ts';
import { makeKey } from '../../lab/disk.ts';

export const host = makeKey('');
const user = makeKey('');
export const other = makeKey('');
/** `ssh-ed25519 AAAA…` */
export const line = (key: { public: string }) => key.public.trim().split(' ').slice(0, 2).join(' ');

export class LoopbackNode {
  /** Holds `key`, which is let in, and `stranger`, which is not. */
  readonly dir = mkdtempSync(join(tmpdir(), 'calispray-ssh-'));
  port = 0;
  /** Names that somebody tried to log in with. */
  tried: string[] = [];
  private readonly server: ssh2.Server;

  constructor() {
    writeFileSync(join(this.dir, 'key'), user.private, { mode: 0o600 });
    writeFileSync(join(this.dir, 'stranger'), other.private, { mode: 0o600 });
    const allowed = ssh2.utils.parseKey(user.public);
    assert.ok(!(allowed instanceof Error));
    this.server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
      client.on('error', () => {});
      client.on('authentication', (asked) => {
        this.tried.push(asked.username);
        const right = asked.method === 'publickey' && asked.key.data.equals(allowed.getPublicSSH());
        if (right) asked.accept();
        else asked.reject(['publickey']);
      });
      client.on('ready', () => {});
    });
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The declared way to it; a value that is undefined is left out. */
  endpoint(more: Change = {}): Endpoint {
    const whole = {
      called: 'homelab',
      host: '127.0.0.1',
      port: this.port,
      user: 'root',
      hostKey: line(host),
      keyFile: join(this.dir, 'key'),
      path: 'nodes.homelab.ssh',
      addressPath: 'nodes.homelab.address',
      ...more,
    };
    return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as Endpoint;
  }
}

export type Change = { [K in keyof Endpoint]?: Endpoint[K] | undefined };

/** `calispray keyscan` on the stack `dev` of a folder, beside a server in this process. */
export async function keyscan(dir: string, ...words: string[]): Promise<{ code: number; text: string }> {
  const main = join(packageDir, 'cli/main.ts');
  const child = spawn(process.execPath, [main, '-C', dir, 'keyscan', '--stack', 'dev', ...words]);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  return { code, text };
}
