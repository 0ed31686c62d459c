/** What several rules look up in the evidence. */
import type { Node } from '../../cluster/index.ts';
import { contains, deriveNetwork, range } from '../../cluster/index.ts';
import { sessionsOf } from '../status/bird.ts';
import type { Session } from '../status/index.ts';
import type { Subject } from './subject.ts';
import type { ApiEvidence, ApiNode, LinkSeen, NodeEvidence } from './types.ts';

type Asked = Pick<Subject, 'evidence' | 'cluster' | 'nodes'>;

/** What the API says; undefined where it was not read. */
export function apiOf({ evidence }: Pick<Subject, 'evidence'>): ApiEvidence | undefined {
  return 'unknown' in evidence.api ? undefined : evidence.api.value;
}

export function apiNode(subject: Asked, name: string): ApiNode | undefined {
  return apiOf(subject)?.nodes.find((node) => node.name === name);
}

/** Names of the declared nodes that are nodes of Kubernetes: not those that run etcd alone. */
export function members({ cluster }: Pick<Subject, 'cluster'>): readonly Node[] {
  return cluster.nodes.filter(({ roles }) => roles.some((role) => role !== 'etcd'));
}

/** Who did not answer over SSH, and why. */
export function silentNodes({ evidence, cluster }: Asked): { name: string; why: string }[] {
  return cluster.nodes.flatMap(({ name }) => {
    const seen = evidence.nodes[name];
    return seen !== undefined && 'unknown' in seen ? [{ name, why: seen.unknown }] : [];
  });
}

/** The declared node with that address; undefined where none has it. */
export function nodeAt({ cluster }: Pick<Subject, 'cluster'>, address: string): Node | undefined {
  return cluster.nodes.find((node) => node.address === address || node.address6 === address);
}

/** Whether routes are told by BGP in this cluster. */
export function runsBird({ cluster }: Pick<Subject, 'cluster'>): boolean {
  return deriveNetwork(cluster).backend === 'bird';
}

/** BGP sessions of a node, as its BIRDs have them. */
export function sessionsAt(node: NodeEvidence | undefined): Session[] {
  return (node?.bird ?? []).flatMap(sessionsOf);
}

/** The interface that carries the address, whatever its prefix length. */
export function linkWith(node: NodeEvidence, address: string): LinkSeen | undefined {
  return node.links.find(({ addresses }) => addresses.some((one) => one.split('/')[0] === address));
}

/** Whether an address of IPv4 lies in a range. */
export function inside(address: string, cidr: string): boolean {
  const [outer, inner] = [range(cidr), range(`${address}/32`)];
  return outer !== undefined && inner !== undefined && contains(outer, inner);
}

/** Some line of the node's own firewall that would drop what matches; lines are as they were read. */
export function dropsWith(node: NodeEvidence | undefined, pattern: RegExp): string[] {
  return (node?.drops ?? []).filter((line) => pattern.test(line));
}

/** Address and prefix length of the node's own network: `192.168.4.0/24` of 192.168.4.63/24. */
function subnetOf(node: NodeEvidence | undefined, address: string): string | undefined {
  const own = node && linkWith(node, address);
  return own?.addresses.find((one) => one.split('/')[0] === address);
}

/** How packets of pods travel from one node to another; undefined where that is not known. */
export function wayBetween(
  subject: Subject,
  from: string,
  to: string,
): 'none' | 'ipip' | 'vxlan' | 'wireguard' | undefined {
  const { cluster, nodes } = subject;
  const { encapsulation, wireguard } = cluster.network;
  if (wireguard) return 'wireguard';
  if (encapsulation.kind === 'none') return 'none';
  if (encapsulation.mode === 'always') return encapsulation.kind;
  const addressOf = (name: string) => cluster.nodes.find((node) => node.name === name)?.address ?? '';
  const subnet = subnetOf(nodes.get(from), addressOf(from));
  if (subnet === undefined) return undefined;
  return inside(addressOf(to), subnet) ? 'none' : encapsulation.kind;
}

/** Of that way on a node: `vxlan.calico`; for none the interface that carries the node's address. */
export function deviceOf(
  subject: Subject,
  name: string,
  way: 'none' | 'ipip' | 'vxlan' | 'wireguard',
): string | undefined {
  if (way !== 'none') return { ipip: 'tunl0', vxlan: 'vxlan.calico', wireguard: 'wireguard.cali' }[way];
  const node = subject.nodes.get(name);
  return node && linkWith(node, subject.cluster.nodes.find((one) => one.name === name)?.address ?? '')?.name;
}

/** The first control-plane node that answers, else the first: where commands for the cluster are run. */
export function controlPlane({ cluster, nodes }: Pick<Subject, 'cluster' | 'nodes'>): string {
  const all = cluster.nodes.filter(({ roles }) => roles.includes('control-plane'));
  return (all.find(({ name }) => nodes.has(name)) ?? all[0])?.name ?? 'a control-plane node';
}

/** The ports of VXLAN where they differ from the cluster's: a line. */
export function encapsulationPort(subject: Subject, name: string, way: string): string[] {
  const port = deriveNetwork(subject.cluster).vxlan?.port;
  const tunnel = subject.nodes.get(name)?.tunnels.find(({ device }) => device === 'vxlan.calico');
  if (way !== 'vxlan' || tunnel?.port === undefined || tunnel.port === port) return [];
  return [`${name}: vxlan.calico sends to UDP port ${tunnel.port}, the stack says ${port}`];
}
