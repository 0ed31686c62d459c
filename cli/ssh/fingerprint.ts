/** Host keys as people compare them. */
import { createHash } from 'node:crypto';

/** `SHA256:…` as ssh-keygen -l prints it; `key` is the key's blob, or its base64 text. */
export function fingerprint(key: Buffer | string): string {
  const blob = typeof key === 'string' ? Buffer.from(key, 'base64') : key;
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** `ssh-ed25519 AAAA…` of a key's blob, which begins with its own type (RFC 4253 6.6). */
export function keyLine(blob: Buffer): string {
  const length = blob.readUInt32BE(0);
  return `${blob.subarray(4, 4 + length).toString('latin1')} ${blob.toString('base64')}`;
}
