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
