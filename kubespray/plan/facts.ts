import { type Cluster, type Node, release } from '../../cluster/index.ts';
import { constants, fieldOf } from '../fields.ts';
import { groupsOf } from '../hosts.ts';
import { files, type Variable, variablesOf } from '../variables.ts';
import { wireguardPackages } from '../wireguard.ts';
import { digestOf } from './digest.ts';
import { peersOf } from './peers.ts';
import type { Facts, HostFact } from './types.ts';

/** Said elsewhere in the facts: the release, the name, the peers. */
const ELSEWHERE: readonly string[] = ['kube_version', 'cluster_name', 'peers'];

/**
 * Of Calico's file, and yet not the network part's alone: kubeadm leaves kube-proxy out for eBPF (kubespray v2.31.0
 * roles/kubespray_defaults/defaults/main/main.yml:55). Everything else of that file is read by the roles network_plugin and
 * policy_controller alone, or can never change.
 */
const WIDER: readonly string[] = ['calico_bpf_enabled'];

/**
 * What a cluster is. The same for two stack files that differ in how nodes are reached, in comments, or in the order of hosts
 * beyond the first ones. `source`: digest of what is run, see ReleaseFact.
 */
export function factsOf(cluster: Cluster, source: string): Facts {
  const variables = variablesOf(cluster).filter(({ name }) => !ELSEWHERE.includes(name));
  const packages = wireguardPackages(cluster);
  const { version } = cluster.kubespray;
  const named = (role: string) => cluster.nodes.find((node) => node.roles.includes(role as Node['roles'][number]));
  return {
    cluster: cluster.name,
    release: { version, kubernetes: cluster.kubernetes.version ?? release(version)?.kubernetes ?? '', source },
    settings: sorted(
      variables
        .filter((variable) => !isCalico(variable))
        .map(({ name, value, path }) => [name, shown(name, value, path)]),
    ),
    calico: sorted([
      ...variables.filter(isCalico).map(({ name, value }): [string, unknown] => [name, value]),
      ...(packages === undefined ? [] : [['calico_wireguard_packages', packages] as [string, unknown]]),
    ]),
    hosts: sorted(cluster.nodes.map((node) => [node.name, hostFact(node)])),
    first: { controlPlane: named('control-plane')?.name ?? '', etcd: named('etcd')?.name ?? '' },
    peers: sorted(Object.entries(peersOf(cluster))),
  };
}

function isCalico({ name, file, path }: Variable): boolean {
  // kdd stands in Calico's file and etcd in that of every host: it is Calico's choice.
  if (name === 'calico_datastore') return true;
  return file === files.calico && !WIDER.includes(name) && !isExtra(path);
}

/** What somebody writes in a variable of their own may be secret, and its digest shows a change as well. */
function shown(name: string, value: unknown, path: string): unknown {
  return isExtra(path) && !Object.hasOwn(constants, name) && !Object.hasOwn(fieldOf, name) ? digestOf(value) : value;
}

function isExtra(path: string): boolean {
  return path.startsWith('kubespray.extraVariables.');
}

function hostFact(node: Node): HostFact {
  const { address, address6, etcdMember, labels, taints, bgp } = node;
  return {
    address,
    ...(address6 === undefined ? {} : { address6 }),
    groups: groupsOf(node).sort(),
    ...(etcdMember === undefined ? {} : { etcdMember }),
    settings: {
      ...(Object.keys(labels).length === 0 ? {} : { node_labels: sorted(Object.entries(labels)) }),
      ...(taints.length === 0 ? {} : { node_taints: [...taints].sort() }),
    },
    calico: bgp.as === undefined ? {} : { local_as: String(bgp.as) },
  };
}

/** Facts become the text of a resource: the same ones the same text. */
function sorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
