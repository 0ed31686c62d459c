import type { Cluster, Ssh } from '../cluster/index.ts';
import type { HostKeyState, Subject } from '../policies/rules/subject.ts';
import { fieldOf } from './fields.ts';
import { toldOf } from './inventory.ts';
import { files } from './variables.ts';

/** What the rules judge of a cluster: flat and known, so that it can be the inputs of a resource. */
export function subjectOf(cluster: Cluster): Subject {
  const { variables, hosts, extraVars } = toldOf(cluster);
  const { nodes, interfaceMtu, ipv6 } = cluster.network;
  return {
    variables: Object.fromEntries(variables.map(({ name, value }) => [name, value])),
    hosts: hosts.map((host, i) => ({ ...host, hostKey: hostKeyState(cluster.nodes[i]?.ssh) })),
    network: { nodes, ...(ipv6 === undefined ? {} : { nodes6: ipv6.nodes }), interfaceMtu },
    kubespray: { version: cluster.kubespray.version },
    extraVars,
    files: Object.values(files).filter((file) => file !== files.extraVars),
    // What is not said has its field all the same: a rule may miss it.
    paths: { ...fieldOf, ...Object.fromEntries(variables.map(({ name, path }) => [name, path])) },
  };
}

function hostKeyState(ssh: Ssh | undefined): HostKeyState {
  if (ssh?.hostKey === 'accept-new') return 'accept-new';
  if (ssh?.hostKey !== undefined) return 'pinned';
  return ssh?.knownHosts === undefined ? 'absent' : 'known-hosts';
}
