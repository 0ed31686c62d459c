import type { Cluster, Ssh } from '../cluster/index.ts';
import type { HostKeyState, Subject } from '../policies/rules/subject.ts';
import { renderInventory } from './inventory.ts';
import { variablesOf } from './variables.ts';

/** What the rules judge of a cluster: flat and known, so that it can be the inputs of a resource. */
export function subjectOf(cluster: Cluster): Subject {
  const { variables, hosts } = renderInventory(cluster);
  return {
    variables,
    hosts: hosts.map((host, i) => ({ ...host, hostKey: hostKeyState(cluster.nodes[i]?.ssh) })),
    network: { nodes: cluster.network.nodes, interfaceMtu: cluster.network.interfaceMtu },
    kubespray: { version: cluster.kubespray.version },
    paths: Object.fromEntries(variablesOf(cluster).map((v) => [v.name, v.path])),
  };
}

function hostKeyState(ssh: Ssh | undefined): HostKeyState {
  if (ssh?.hostKey === 'accept-new') return 'accept-new';
  if (ssh?.hostKey !== undefined) return 'pinned';
  return ssh?.knownHosts === undefined ? 'absent' : 'known-hosts';
}
