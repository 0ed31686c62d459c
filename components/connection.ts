import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { types } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../cluster/finding.ts';
import type { Node } from '../cluster/index.ts';

/** A path of the stack file as this machine means it: `~` and `${CALISPRAY_LAB_DIR}` filled in. */
export function expandPath(path: string, env: NodeJS.ProcessEnv = process.env): string {
  const filled = path.replace(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (whole, name: string) => env[name] ?? whole);
  return filled === '~' || filled.startsWith('~/') ? homedir() + filled.slice(1) : filled;
}

/** The host key declared for a node: in the stack, or the line of `knownHosts` that names its address. */
export function hostKeyOf(node: Node): string | undefined {
  if (node.ssh.hostKey !== undefined) return node.ssh.hostKey;
  if (node.ssh.knownHosts === undefined) return undefined;
  const file = expandPath(node.ssh.knownHosts);
  if (!existsSync(file)) return undefined;
  const host = node.ssh.port === 22 ? node.address : `[${node.address}]:${node.ssh.port}`;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [names, type, key] = line.trim().split(/\s+/);
    if (names?.split(',').includes(host) && type !== undefined && key !== undefined) return `${type} ${key}`;
  }
  return undefined;
}

/** The private key of the stack's `ssh.key`, where there is such a file. It is read here, never copied to a node. */
export function privateKeyOf(node: Node): string | undefined {
  const file = node.ssh.key === undefined ? undefined : expandPath(node.ssh.key);
  return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * How the workstation reaches a node. A preview dials nothing, so there a missing key is no error; when resources are
 * carried out, a node without a known host key or without a way to log in is refused: connecting fails closed.
 */
export function connectionTo(node: Node): types.input.remote.ConnectionArgs {
  const hostKey = hostKeyOf(node);
  const privateKey = privateKeyOf(node);
  const agent = node.ssh.agent ? process.env.SSH_AUTH_SOCK : undefined;
  if (!pulumi.runtime.isDryRun()) {
    if (hostKey === undefined) {
      throw UserError.of(
        'host-key-missing',
        `nodes.${node.name}.ssh.hostKey`,
        `no host key is known for ${node.name} (${node.address}), so nobody could tell it from an impostor`,
        'run `npx calispray keyscan --stack NAME`, compare the fingerprints, and let it write them into the stack file',
      );
    }
    if (privateKey === undefined && agent === undefined) {
      throw UserError.of(
        'ssh-key-missing',
        `nodes.${node.name}.ssh.key`,
        `there is no private key at ${node.ssh.key ?? '(none declared)'} and no ssh-agent to log in to ${node.name}`,
        'set ssh.key to a private key file, or start ssh-agent and set ssh.agent: true',
      );
    }
  }
  return {
    host: node.address,
    port: node.ssh.port,
    user: node.ssh.user,
    ...(hostKey === undefined || hostKey === 'accept-new' ? {} : { hostKey }),
    ...(privateKey === undefined ? {} : { privateKey: pulumi.secret(privateKey) }),
    ...(privateKey === undefined && agent !== undefined ? { agentSocketPath: agent } : {}),
  };
}
