/** Host keys as the nodes show them: nothing is trusted here, a person compares them. */
import { createRequire } from 'node:module';
import type { Node } from '../../cluster/index.ts';
import { CONNECT_SECONDS } from './connect.ts';
import { keyLine } from './fingerprint.ts';

/** `ssh-ed25519 AAAA…` of a node (another type where it has no such key), or why it showed none. */
export function scan(node: Node, seconds = CONNECT_SECONDS): Promise<{ key: string } | { problem: string }> {
  const { Client } = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');
  const client = new Client();
  return new Promise((resolve) => {
    let key: string | undefined;
    client.on('error', (error) => {
      client.end();
      resolve(key === undefined ? { problem: error.message } : { key });
    });
    client.connect({
      host: node.address,
      port: node.ssh.port,
      username: node.ssh.user,
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
