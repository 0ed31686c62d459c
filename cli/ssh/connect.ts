/** One SSH connection to a node, every host key on the way checked before anything is said; every way it can fail is a finding. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { Finding } from '../../cluster/finding.ts';
import { type Endpoint, hostKeyMissing } from '../../components/endpoint.ts';
import { rememberSecret } from '../scrub.ts';
import { fingerprint, keyLine } from './fingerprint.ts';

export type Connected = { ok: true; client: Client } | { ok: false; finding: Finding };

/**
 * Longest wait for one host, in seconds. A refused connection is tried again until then: sshd may just be starting. So is
 * one that is closed at once: sshd has more logins on their way than it takes (MaxStartups, ten by default).
 */
export const CONNECT_SECONDS = 10;

/**
 * Connects to one host, through `jump` where that is a connected client. Never throws for what is wrong with the host,
 * the network or the stack's file.
 */
export async function connect(
  to: Endpoint,
  { jump, seconds = CONNECT_SECONDS }: { jump?: Client | undefined; seconds?: number } = {},
): Promise<Connected> {
  const refuse = (code: string, path: string, message: string, hint: string): Connected => ({
    ok: false,
    finding: { code, class: 'refused', path, message, hint },
  });
  if (to.hostKey === undefined) return { ok: false, finding: hostKeyMissing(to) };
  let privateKey: string | undefined;
  if (to.keyFile !== undefined) {
    try {
      privateKey = readFileSync(to.keyFile, 'utf8');
      rememberSecret(privateKey);
    } catch (error) {
      if (to.agent === undefined) {
        return refuse(
          'ssh-key-missing',
          `${to.path}.key`,
          `the private key ${to.keyFile} cannot be read (${(error as NodeJS.ErrnoException).code})`,
          'name a private key file in ssh.key, or start ssh-agent and set ssh.agent: true',
        );
      }
    }
  }
  if (privateKey === undefined && to.agent === undefined) {
    return refuse(
      'ssh-key-missing',
      `${to.path}.key`,
      `there is neither a private key nor an ssh-agent to log in to ${to.called} with`,
      'set ssh.key to a private key file, or start ssh-agent (SSH_AUTH_SOCK) and set ssh.agent: true',
    );
  }

  const begun = performance.now();
  for (;;) {
    const left = seconds * 1000 - (performance.now() - begun);
    const shown: { key?: string } = {};
    const outcome = await attempt(to, to.hostKey, { jump, privateKey, milliseconds: Math.max(left, 1), shown });
    if (outcome.client !== undefined) return { ok: true, client: outcome.client };
    const { message, level } = outcome;
    if (shown.key !== undefined || /no matching host key/i.test(message)) {
      const got = shown.key === undefined ? 'no key of that type' : fingerprint(shown.key.split(' ')[1] ?? '');
      return refuse(
        'host-key-mismatch',
        `${to.path}.hostKey`,
        `${to.called} (${to.host}) shows another host key than the one declared: ${got}, not ${fingerprint(to.hostKey.split(' ')[1] ?? '')}`,
        'if the machine was installed anew, run `npx calispray keyscan --stack NAME` and compare; otherwise somebody is in between',
      );
    }
    if (level === 'client-authentication') {
      return refuse(
        'ssh-login',
        to.path,
        `${to.called} does not let ${to.user} in with ${privateKey === undefined ? "the ssh-agent's keys" : to.keyFile}`,
        `put the public key into ~${to.user}/.ssh/authorized_keys on ${to.called}`,
      );
    }
    if (/private key|passphrase/i.test(message)) {
      return refuse(
        'ssh-key-unusable',
        `${to.path}.key`,
        `the private key ${to.keyFile} cannot be used: ${message}`,
        'a key with a passphrase is for ssh-agent: ssh-add it and set ssh.agent: true',
      );
    }
    const again = /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|gets no connection|lost before/.test(message);
    const waited = (performance.now() - begun) / 1000;
    if (!again || waited + 0.5 >= seconds) {
      return refuse(
        'node-down',
        to.addressPath,
        `${to.called} (${to.host}:${to.port}) does not answer; waited ${waited.toFixed(0)} s: ${reason(message)}`,
        jump === undefined
          ? 'start the machine or its sshd, or correct the address'
          : 'start the machine or its sshd, correct the address, or let the jump host forward to it (sshd_config AllowTcpForwarding)',
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

interface Attempt {
  readonly jump: Client | undefined;
  readonly privateKey: string | undefined;
  readonly milliseconds: number;
  /** Filled in with a host key that was not the right one. */
  readonly shown: { key?: string };
}

async function attempt(to: Endpoint, hostKey: string, how: Attempt): Promise<Outcome> {
  let sock: Duplex | undefined;
  try {
    if (how.jump !== undefined) sock = await forward(how.jump, to, how.milliseconds);
  } catch (error) {
    return { message: (error as Error).message };
  }
  // ssh2 is CommonJS; loaded here, where the first node is asked, as it takes a tenth of a second.
  const { Client: Ssh } = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');
  const client = new Ssh();
  const pinned = hostKey === 'accept-new' ? undefined : hostKey.trim().split(/\s+/).slice(0, 2).join(' ');
  const config: ConnectConfig = {
    ...(sock === undefined ? { host: to.host, port: to.port } : { sock: sock as never }),
    username: to.user,
    readyTimeout: how.milliseconds,
    hostVerifier: (key: Buffer) => {
      const line = keyLine(key);
      const right = pinned === undefined || line === pinned;
      if (!right) how.shown.key = line;
      return right;
    },
    ...(pinned === undefined ? {} : { algorithms: { serverHostKey: algorithmsOf(pinned) } }),
    ...(how.privateKey === undefined ? {} : { privateKey: how.privateKey }),
    ...(to.agent === undefined ? {} : { agent: to.agent }),
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
      // A login is a talk of short sentences: with Nagle's algorithm each of them waits 40 ms for the other side's delayed ACK.
      client.setNoDelay(true);
    } catch (error) {
      over(error as Error);
    }
  });
}

/** A stream to the host out of the jump host. */
export function forward(jump: Client, to: Endpoint, milliseconds: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Timed out while waiting for the jump host')), milliseconds);
    jump.forwardOut('127.0.0.1', 0, to.host, to.port, (error: (Error & { reason?: number }) | undefined, stream) => {
      clearTimeout(timer);
      if (error === undefined) return resolve(stream);
      // RFC 4254 5.1: SSH_OPEN_CONNECT_FAILED; everything else is the jump host's own will.
      const why = error.message.replace(/^.*Channel open failure: ?/, '');
      const what = error.reason === 2 ? 'gets no connection there' : 'does not forward';
      reject(new Error(`the jump host ${what}${why === '' ? '' : ` (${why})`}`));
    });
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
  if (/lost before/.test(message))
    return 'connections are closed at once; too many logins there (MaxStartups), or no sshd';
  return message;
}
