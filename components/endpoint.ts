import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Finding } from '../cluster/finding.ts';
import type { Node } from '../cluster/index.ts';

/** A host that the workstation logs in to: a node, or the jump host in front of it. */
export interface Endpoint {
  /** As messages call it: `homelab`, `the jump host bastion.example`. */
  readonly called: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** `ssh-ed25519 AAAA…`, or `accept-new`; absent where nobody knows it. */
  readonly hostKey?: string;
  /** Private key file of this machine, its path expanded; absent where the stack names none. */
  readonly keyFile?: string;
  /** Socket of the ssh-agent, where the stack wants it asked and there is one. */
  readonly agent?: string;
  /** The field of the stack file that describes how it is logged in to: `nodes.homelab.ssh`. */
  readonly path: string;
  /** The field of its address. */
  readonly addressPath: string;
}

/** The way to a node: itself, and what is in front of it. */
export interface Way {
  readonly node: Endpoint;
  readonly jump?: Endpoint;
}

/** A path of the stack file as this machine means it: `~` and `${CALISPRAY_LAB_DIR}` filled in. */
export function expandPath(path: string, env: NodeJS.ProcessEnv = process.env): string {
  const filled = path.replace(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (whole, name: string) => env[name] ?? whole);
  return filled === '~' || filled.startsWith('~/') ? homedir() + filled.slice(1) : filled;
}

/** How the stack says that a node is reached. Reads no more than its `knownHosts`. */
export function wayTo(node: Node): Way {
  const { ssh } = node;
  const path = `nodes.${node.name}.ssh`;
  const agent = ssh.agent ? process.env.SSH_AUTH_SOCK : undefined;
  const shared = (key: string | undefined) => ({
    ...(key === undefined ? {} : { keyFile: expandPath(key) }),
    ...(agent === undefined ? {} : { agent }),
  });
  const known = (host: string, port: number, declared: string | undefined) => {
    const hostKey = declared ?? knownHostKey(ssh.knownHosts, host, port);
    return hostKey === undefined ? {} : { hostKey };
  };
  const end: Endpoint = {
    called: node.name,
    host: node.address,
    port: ssh.port,
    user: ssh.user,
    path,
    addressPath: `nodes.${node.name}.address`,
    ...known(node.address, ssh.port, ssh.hostKey),
    ...shared(ssh.key),
  };
  const { jump } = ssh;
  if (jump === undefined) return { node: end };
  return {
    node: end,
    jump: {
      called: `the jump host ${jump.host}`,
      host: jump.host,
      port: jump.port,
      user: jump.user,
      path: `${path}.jump`,
      addressPath: `${path}.jump.host`,
      ...known(jump.host, jump.port, jump.hostKey),
      ...shared(jump.key ?? ssh.key),
    },
  };
}

/** As it stands in a known_hosts file: `host`, or `[host]:port` beside 22. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

function knownHostKey(file: string | undefined, host: string, port: number): string | undefined {
  if (file === undefined) return undefined;
  const path = expandPath(file);
  if (!existsSync(path)) return undefined;
  const name = knownHostsName(host, port);
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [names, type, key] = line.trim().split(/\s+/);
    if (names?.split(',').includes(name) && type !== undefined && key !== undefined) return `${type} ${key}`;
  }
  return undefined;
}

/** The private key of an endpoint, where there is such a file. It is read here, never copied to a node. */
export function privateKeyOf({ keyFile }: Endpoint): string | undefined {
  return keyFile !== undefined && existsSync(keyFile) ? readFileSync(keyFile, 'utf8') : undefined;
}

/** Nobody could tell the host from an impostor, so it is not connected to. */
export function hostKeyMissing({ called, host, path }: Endpoint): Finding {
  return {
    code: 'host-key-missing',
    class: 'refused',
    path: `${path}.hostKey`,
    message: `no host key is known for ${called} (${host}), so nobody could tell it from an impostor`,
    hint: 'run `npx calispray keyscan --stack NAME`, compare the fingerprints, and let it write them into the stack file',
  };
}
