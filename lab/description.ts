/** What callers are told about a lab that is up. */
import { join } from 'node:path';
import { hostKeyOf } from './disk.ts';
import type { LabPaths } from './state.ts';
import { netnsPath, nodes, workstation } from './topology.ts';

export interface LabHost {
  readonly name: string;
  readonly address: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly hostKey: string;
}

export interface Lab {
  readonly name: string;
  /** Holds `id_ed25519` (root's and ops' key to the nodes), `known_hosts` and `kubespray-bundle.tar`. */
  readonly dir: string;
  readonly hosts: readonly LabHost[];
  /** Path of the workstation's network namespace. */
  readonly workstation: string;
}

/** The lab as it is on disk; undefined while a node has none yet. */
export function describeLab(name: string, paths: LabPaths): Lab | undefined {
  const hosts = nodes.flatMap((node) => {
    const hostKey = hostKeyOf(join(paths.hosts, node.name));
    return hostKey === undefined ? [] : [{ name: node.name, address: node.address, hostKey }];
  });
  if (hosts.length < nodes.length) return undefined;
  return { name, dir: paths.dir, hosts, workstation: netnsPath(name, workstation.name) };
}

/** known_hosts of OpenSSH: a host by its name and by its address. */
export function knownHosts(hosts: readonly LabHost[]): string {
  return hosts.map((host) => `${host.name},${host.address} ${host.hostKey}\n`).join('');
}
