/** How large packets may be, by what was measured. */
import { deriveMtu } from '../../../cluster/index.ts';
import { deviceOf, linkWith, wayBetween } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, NodeEvidence, PathSeen, PodSeen } from '../types.ts';
import { nodePath, pathsWith } from './paths.ts';

/** What is left for pods of the path between their nodes; undefined where that path was not measured. */
export function roomFor(subject: Subject, { from, to }: PathSeen): number | undefined {
  const path = nodePath(subject, from, to);
  return path?.largest === undefined || path.largest === null
    ? undefined
    : path.largest - deriveMtu(subject.cluster).overhead;
}

/**
 * The MTU that new pods of the node get: kubespray gives pods and tunnels one value, so the tunnel shows it. Without a tunnel it is the stack's,
 * but where no pod at all has that: then the stack is not carried out yet, and it is what most pods have.
 */
export function mtuOfNewPods(subject: Subject, name: string, node: NodeEvidence): number {
  const { wireguard, encapsulation } = subject.cluster.network;
  const way = wireguard ? 'wireguard' : encapsulation.kind;
  const device = way === 'none' ? undefined : deviceOf(subject, name, way);
  const tunnel = node.tunnels.find((one) => one.device === device)?.mtu;
  if (tunnel !== undefined) return tunnel;
  const { mtu } = deriveMtu(subject.cluster);
  const all = [...subject.nodes.values()].flatMap(({ pods }) => pods.map((pod) => pod.mtu));
  return all.length === 0 || all.includes(mtu) ? mtu : mostFrequent(all);
}

function mostFrequent(all: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0] as number;
}

/** `network.mtu`, where that is more than there is room for. */
export function smallerMtu({ cluster }: Subject, room: number): { stack: NonNullable<Diagnosis['stack']> } | undefined {
  const { mtu } = deriveMtu(cluster);
  if (mtu <= room) return undefined;
  const from = cluster.network.mtu === 'auto' ? `auto (${mtu})` : String(mtu);
  return { stack: { path: 'network.mtu', from, to: String(room) } };
}

/** `masternode→homelab: 1450 of 1500 bytes answered, nobody says “fragmentation needed” (measured, pod to pod)` */
export function sizeLine({ layer, from, to, promised, largest, told }: PathSeen): string {
  const said = told === null ? 'nobody says “fragmentation needed”' : `“fragmentation needed” names ${told}`;
  return `${from}→${to}: ${largest} of ${promised} bytes answered, ${said} (measured, ${layer} to ${layer})`;
}

/** The interface that carries the node's address: `eth0`. */
export function uplinkOf({ cluster, nodes }: Subject, name: string) {
  const node = nodes.get(name);
  return node && linkWith(node, cluster.nodes.find((one) => one.name === name)?.address ?? '');
}

/** `VXLAN takes 50` */
export function takesOf(subject: Subject, from: string, to: string): string {
  const { takers } = deriveMtu(subject.cluster);
  const [most] = takers;
  if (most === undefined) return 'nothing is taken by encapsulation';
  const way = wayBetween(subject, from, to);
  return `${most.what} takes ${most.bytes}${way === 'none' ? ', where it is used' : ''}`;
}

/** Pods that have another MTU than new ones of their node get, or less on the node's side than on theirs. */
export function oddPods(subject: Subject): { node: string; pod: PodSeen; wanted: number }[] {
  return [...subject.nodes].flatMap(([node, seen]) => {
    const wanted = mtuOfNewPods(subject, node, seen);
    return seen.pods
      .filter(({ mtu, hostMtu }) => mtu !== wanted || (hostMtu !== null && hostMtu < mtu))
      .map((pod) => ({ node, pod, wanted }));
  });
}

/** Most pods have more than the tunnel or the stack gives, and what they send is lost: then it does not end with a few of them. */
export function mostPodsLose(subject: Subject): boolean {
  const all = [...subject.nodes.values()].flatMap(({ pods }) => pods).length;
  const larger = oddPods(subject).filter(({ pod, wanted }) => pod.mtu > wanted).length;
  return larger * 2 > all && pathsWith(subject, 'pod', symptom.narrow).some(({ told }) => told === null);
}
