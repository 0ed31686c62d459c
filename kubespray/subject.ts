import type { Cluster, Ssh } from '../cluster/index.ts';
import type { HostKeyState, Subject } from '../policies/rules/subject.ts';
import { toldOf } from './inventory.ts';
import { files } from './variables.ts';

/** What the rules judge of a cluster: flat and known, so that it can be the inputs of a resource. */
export function subjectOf(cluster: Cluster): Subject {
  const { variables, hosts, extraVars } = toldOf(cluster);
  const { nodes, interfaceMtu, ipv6 } = cluster.network;
  return {
    variables: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
    hosts: hosts.map((host, i) => ({ ...host, ...hostKeys(cluster.nodes[i]?.ssh) })),
    network: { nodes, ...(ipv6 === undefined ? {} : { nodes6: ipv6.nodes }), interfaceMtu },
    kubespray: { version: cluster.kubespray.version },
    extraVars,
    ...(cluster.verify.image === undefined ? {} : { verifyImage: cluster.verify.image }),
    files: Object.values(files).filter((file) => file !== files.extraVars),
    paths: Object.fromEntries(variables.map(({ name, path }) => [name, path])),
  };
}

/** How the keys of a node and of the jump host in front of it are known. */
function hostKeys(ssh: Ssh | undefined): { hostKey: HostKeyState; jumpHostKey?: HostKeyState } {
  const hostKey = hostKeyState(ssh?.hostKey, ssh?.knownHosts);
  if (ssh?.jump === undefined) return { hostKey };
  return { hostKey, jumpHostKey: hostKeyState(ssh.jump.hostKey, ssh.knownHosts) };
}

function hostKeyState(hostKey: string | undefined, knownHosts: string | undefined): HostKeyState {
  if (hostKey === 'accept-new') return 'accept-new';
  if (hostKey !== undefined) return 'pinned';
  return knownHosts === undefined ? 'absent' : 'known-hosts';
}
