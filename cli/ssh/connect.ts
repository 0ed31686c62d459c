/** One SSH connection to a node, its host key checked before anything is said; every way it can fail is a finding. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { Finding } from '../../cluster/finding.ts';
import type { Node } from '../../cluster/index.ts';
import { rememberSecret } from '../scrub.ts';
import { fingerprint, keyLine } from './fingerprint.ts';

export interface Access {
  /** `ssh-ed25519 AAAA…`, or `accept-new`; undefined where nobody knows it. */
  hostKey: string | undefined;
  /** Path of a private key file, expanded; undefined for the agent alone. */
  keyFile: string | undefined;
  /** Socket of the ssh-agent. */
  agent: string | undefined;
}

export type Connected = { ok: true; client: Client } | { ok: false; finding: Finding };

/** Longest wait for one node, in seconds; a refused connection is tried again until then: sshd may just be starting. */
export const CONNECT_SECONDS = 10;

/** Connects. Never throws for what is wrong with the node, the network or the stack's file. */
export async function connect(node: Node, access: Access, seconds = CONNECT_SECONDS): Promise<Connected> {
  const refuse = (code: string, field: string, message: string, hint: string): Connected => ({
    ok: false,
    finding: { code, class: 'refused', path: `nodes.${node.name}${field}`, message, hint },
  });
  const { hostKey } = access;
  if (hostKey === undefined) {
    return refuse(
      'host-key-missing',
      '.ssh.hostKey',
      `no host key is known for ${node.name} (${node.address}), so nobody could tell it from an impostor`,
      'run `npx calispray keyscan --stack NAME`, compare the fingerprints, and let it write them into the stack file',
    );
  }
  let privateKey: string | undefined;
  if (access.keyFile !== undefined) {
    try {
      privateKey = readFileSync(access.keyFile, 'utf8');
      rememberSecret(privateKey);
    } catch (error) {
      if (access.agent === undefined) {
        return refuse(
          'ssh-key-missing',
          '.ssh.key',
          `the private key ${access.keyFile} cannot be read (${(error as NodeJS.ErrnoException).code})`,
          'name a private key file in ssh.key, or start ssh-agent and set ssh.agent: true',
        );
      }
    }
  }
  if (privateKey === undefined && access.agent === undefined) {
    return refuse(
      'ssh-key-missing',
      '.ssh.key',
      `there is neither a private key nor an ssh-agent to log in to ${node.name} with`,
      'set ssh.key to a private key file, or start ssh-agent (SSH_AUTH_SOCK) and set ssh.agent: true',
    );
  }

  const begun = performance.now();
  for (;;) {
    const left = seconds * 1000 - (performance.now() - begun);
    const shown: { key?: string } = {};
    const outcome = await attempt(node, { ...access, hostKey }, privateKey, Math.max(left, 1), shown);
    if (outcome.client !== undefined) return { ok: true, client: outcome.client };
    const { message, level } = outcome;
    if (shown.key !== undefined || /no matching host key/i.test(message)) {
      const got = shown.key === undefined ? 'no key of that type' : fingerprint(shown.key.split(' ')[1] ?? '');
      return refuse(
        'host-key-mismatch',
        '.ssh.hostKey',
        `${node.name} (${node.address}) shows another host key than the one declared: ${got}, not ${fingerprint(hostKey.split(' ')[1] ?? '')}`,
        'if the machine was installed anew, run `npx calispray keyscan --stack NAME` and compare; otherwise somebody is in between',
      );
    }
    if (level === 'client-authentication') {
      return refuse(
        'ssh-login',
        '.ssh',
        `${node.name} does not let ${node.ssh.user} in with ${privateKey === undefined ? "the ssh-agent's keys" : access.keyFile}`,
        `put the public key into ~${node.ssh.user}/.ssh/authorized_keys on ${node.name}`,
      );
    }
    if (/private key|passphrase/i.test(message)) {
      return refuse(
        'ssh-key-unusable',
        '.ssh.key',
        `the private key ${access.keyFile} cannot be used: ${message}`,
        'a key with a passphrase is for ssh-agent: ssh-add it and set ssh.agent: true',
      );
    }
    const again = /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH/.test(message);
    const waited = (performance.now() - begun) / 1000;
    if (!again || waited + 0.5 >= seconds) {
      return refuse(
        'node-down',
        '.address',
        `${node.name} (${node.address}:${node.ssh.port}) does not answer; waited ${waited.toFixed(0)} s: ${reason(message)}`,
        'start the machine or its sshd, or correct the address',
      );
    }
    await new Promise((resume) => setTimeout(resume, 500));
  }
}

interface Outcome {
  client?: Client;
  message: string;
  level?: string;
}

function attempt(
  node: Node,
  access: Access & { hostKey: string },
  privateKey: string | undefined,
  milliseconds: number,
  shown: { key?: string },
): Promise<Outcome> {
  // ssh2 is CommonJS; loaded here, where the first node is asked, as it takes a tenth of a second.
  const { Client: Ssh } = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');
  const client = new Ssh();
  const pinned = access.hostKey === 'accept-new' ? undefined : access.hostKey.trim().split(/\s+/).slice(0, 2).join(' ');
  const config: ConnectConfig = {
    host: node.address,
    port: node.ssh.port,
    username: node.ssh.user,
    readyTimeout: milliseconds,
    hostVerifier: (key: Buffer) => {
      const line = keyLine(key);
      const right = pinned === undefined || line === pinned;
      if (!right) shown.key = line;
      return right;
    },
    ...(pinned === undefined ? {} : { algorithms: { serverHostKey: algorithmsOf(pinned) } }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(access.agent === undefined ? {} : { agent: access.agent }),
  };
  return new Promise((resolve) => {
    const over = (error: Error & { level?: string }) => {
      client.end();
      resolve({ message: error.message, ...(error.level === undefined ? {} : { level: error.level }) });
    };
    client.on('ready', () => {
      client.removeListener('error', over);
      resolve({ client, message: '' });
    });
    client.on('error', over);
    try {
      client.connect(config);
    } catch (error) {
      over(error as Error);
    }
  });
}

/** A pinned key also fixes the algorithm: a server with several keys must show this one. */
function algorithmsOf(pinned: string): ServerHostKeyAlgorithm[] {
  const type = pinned.split(' ')[0] as ServerHostKeyAlgorithm;
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type];
}

function reason(message: string): string {
  if (message.includes('ECONNREFUSED')) return 'nothing listens there';
  if (/EHOSTUNREACH|ENETUNREACH/.test(message)) return 'no route to it';
  if (/timed out/i.test(message)) return 'no answer at all';
  return message;
}
