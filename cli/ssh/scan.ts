/** Host keys as the hosts show them: nothing is trusted here, a person compares them. */
import { createRequire } from 'node:module';
import type { Client, ConnectConfig } from 'ssh2';
import type { Endpoint } from '../../components/endpoint.ts';
import { CONNECT_SECONDS, forward } from './connect.ts';
import { keyLine } from './fingerprint.ts';

export type Scanned = { key: string } | { problem: string };

/** `ssh-ed25519 AAAA…` of a host (another type where it has no such key), seen through `jump` where given, or why it showed none. */
export async function scan(
  to: Endpoint,
  { jump, seconds = CONNECT_SECONDS }: { jump?: Client | undefined; seconds?: number } = {},
): Promise<Scanned> {
  const { Client: Ssh } = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');
  let over: Pick<ConnectConfig, 'host' | 'port' | 'sock'> = { host: to.host, port: to.port };
  try {
    if (jump !== undefined) over = { sock: (await forward(jump, to, seconds * 1000)) as never };
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const client = new Ssh();
  return new Promise((resolve) => {
    let key: string | undefined;
    client.on('error', (error) => {
      client.end();
      resolve(key === undefined ? { problem: error.message } : { key });
    });
    client.connect({
      ...over,
      username: to.user,
      readyTimeout: seconds * 1000,
      algorithms: { serverHostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'] },
      // Seen, and refused: no login is tried with a key that nobody has compared.
      hostVerifier: (blob: Buffer) => {
        key = keyLine(blob);
        return false;
      },
    });
  });
}
