import { type Cluster, type Node, release } from '../../cluster/index.ts';
import { isRecord, record } from '../../cluster/raw.ts';
import { constants, fieldOf } from '../fields.ts';
import { groupsOf } from '../hosts.ts';
import { files, type Variable, variablesOf } from '../variables.ts';
import { wireguardPackages } from '../wireguard.ts';
import { canonical, digestOf } from './digest.ts';
import { peersOf } from './peers.ts';
import type { Facts, HostFact, PeerFact } from './types.ts';

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

/**
 * What the controller wrote down as carried out (applied.json); undefined where there is none, or nothing of a cluster in
 * it. A part that is missing or of another type is empty: it differs then, and what it is about is carried out.
 */
export function readFacts(text: string): Facts | undefined {
  const value = record(parsed(text));
  if (typeof value.cluster !== 'string') return undefined;
  const { version, kubernetes, source } = record(value.release);
  const { controlPlane, etcd } = record(value.first);
  return {
    cluster: value.cluster,
    release: { version: word(version), kubernetes: word(kubernetes), source: word(source) },
    settings: record(value.settings),
    calico: record(value.calico),
    hosts: each(value.hosts, readHost),
    first: { controlPlane: word(controlPlane), etcd: word(etcd) },
    peers: each(value.peers, (peer) => peer as PeerFact),
  };
}

function readHost({ address, address6, groups, etcdMember, settings, calico }: Record<string, unknown>): HostFact {
  return {
    address: word(address),
    ...(typeof address6 === 'string' ? { address6 } : {}),
    groups: Array.isArray(groups) ? groups.map(word) : [],
    ...(typeof etcdMember === 'string' ? { etcdMember } : {}),
    settings: record(settings),
    calico: record(calico),
  };
}

function each<T>(value: unknown, read: (part: Record<string, unknown>) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record(value)).flatMap(([name, part]): [string, T][] =>
      isRecord(part) ? [[name, read(part)]] : [],
    ),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whether two facts, or parts of them, are the same. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}
