import { deriveMtu } from '../../../cluster/index.ts';
import { up } from '../mend.ts';
import { controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, PathSeen, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { nodePath, pathsWith } from './paths.ts';
import { mostPodsLose, mtuOfNewPods, roomFor, sizeLine, smallerMtu, takesOf, uplinkOf } from './room.ts';

export const mtuLargerThanPath: Trouble = {
  code: 'mtu-larger-than-path',
  title: 'Pods send packets that are too large for the path',
  judge(subject) {
    const narrow = pathsWith(subject, 'pod', symptom.narrow).filter((path) => ofTheCluster(subject, path));
    const rooms = narrow.map((path) => roomFor(subject, path) ?? path.largest ?? 0);
    const [path] = narrow;
    if (path === undefined) return [];
    const room = Math.min(...rooms, ...narrow.map(({ largest }) => largest ?? 0));
    const promised = Math.max(...narrow.map((one) => one.promised));
    const hole = narrow.some(({ told }) => told === null);
    const nodes = [...new Set(narrow.flatMap(({ from, to }) => [from, to]))];
    const stack = smallerInterfaces(subject, nodes) ?? smallerMtu(subject, room);
    const finding: Diagnosis = {
      code: mtuLargerThanPath.code,
      severity: hole ? 'broken' : 'failing',
      message: `pods on ${listed(nodes)} send packets of up to ${promised} bytes, and the path carries ${room}: ${takesOf(subject, path.from, path.to)}${ofInterfaces(subject, nodes)}`,
      nodes,
      evidence: shortened([
        ...narrow.map(sizeLine),
        ...narrow.flatMap((one) => nodeLine(subject, one)),
        ...nodes.flatMap((name) => logLines(subject, name)),
      ]),
      why: hole
        ? 'Large packets vanish without a word: connections open, small answers come, and then TLS, uploads and large pages hang.'
        : 'Every large packet is sent twice, and what does not listen to “fragmentation needed” (UDP, many middle boxes) is lost.',
      mend: [
        ...(stack === undefined
          ? nodes.slice(0, 3).map((on) => ({ on, command: `grep -s mtu /etc/cni/net.d/*.conflist # ${room} is right` }))
          : [up]),
        ...restarts(subject, narrow),
      ],
      ...stack,
      explains: [...new Set(narrow.map(symptom.narrow))],
      reference:
        'https://docs.tigera.io/calico/latest/networking/configuring/mtu; Calico v3.31.5 felix/dataplane/linux/int_dataplane.go:1488 (determinePodMTU)',
    };
    return [finding];
  },
};

/**
 * Not where the nodes themselves have less than their interfaces promise; nor where new pods would fit, and these are older.
 */
function ofTheCluster(subject: Subject, path: PathSeen): boolean {
  const between = nodePath(subject, path.from, path.to);
  if (between !== undefined && between.largest !== null && between.largest < between.promised) return false;
  const node = subject.nodes.get(path.from);
  // As large as the smaller of both ends is as it should be.
  const least = Math.min(...[path.from, path.to].map((name) => podMtu(subject, name, path)));
  if ((path.largest ?? 0) >= least) return false;
  if (node === undefined || mostPodsLose(subject)) return true;
  return mtuOfNewPods(subject, path.from, node) > (path.largest ?? 0);
}

/** Of the pod at that end. */
function podMtu({ nodes }: Subject, name: string, path: PathSeen): number {
  const address = name === path.from ? path.fromAddress : path.toAddress;
  return nodes.get(name)?.pods.find((pod) => pod.address === address)?.mtu ?? path.promised;
}

/** Where the interfaces are smaller than the stack believes, that is the cause. */
function ofInterfaces(subject: Subject, nodes: readonly string[]): string {
  const { interfaceMtu } = subject.cluster.network;
  const small = nodes.flatMap((name) => {
    const link = uplinkOf(subject, name);
    return link !== undefined && link.mtu < interfaceMtu ? [`${link.name} of ${name} has ${link.mtu}`] : [];
  });
  return small.length === 0 ? '' : `; ${listed(small)}, the stack says ${interfaceMtu}`;
}

/** `network.interfaceMtu`, where `network.mtu` follows from it. */
function smallerInterfaces(
  subject: Subject,
  nodes: readonly string[],
): { stack: NonNullable<Diagnosis['stack']> } | undefined {
  const { interfaceMtu, mtu } = subject.cluster.network;
  const least = Math.min(...nodes.flatMap((name) => uplinkOf(subject, name)?.mtu ?? []));
  if (mtu !== 'auto' || least >= interfaceMtu || !Number.isFinite(least)) return undefined;
  return { stack: { path: 'network.interfaceMtu', from: String(interfaceMtu), to: String(least) } };
}

function nodeLine(subject: Subject, { from, to }: PathSeen): string[] {
  const path = nodePath(subject, from, to);
  return path?.largest === undefined || path.largest === null
    ? []
    : [`${from}→${to}: ${path.largest} of ${path.promised} bytes answered (measured, node to node)`];
}

function logLines({ nodes }: Subject, name: string): string[] {
  const said = nodes.get(name)?.log.filter((line) => /MTU/.test(line)) ?? [];
  return said.slice(-1).map((line) => `${name}: calico-node: ${line}`);
}

/** Pods keep the MTU that they were made with. */
function restarts(subject: Subject, narrow: readonly PathSeen[]): Diagnosis['mend'] {
  const { mtu } = deriveMtu(subject.cluster);
  const on = controlPlane(subject);
  const addresses = new Set(narrow.flatMap(({ fromAddress, toAddress }) => [fromAddress, toAddress]));
  const names = [...subject.nodes.values()].flatMap(({ pods }) => pods.filter((pod) => addresses.has(pod.address)));
  const namespaces = [...new Set(names.flatMap(({ name }) => name?.split('/')[0] ?? []))];
  if (namespaces.length === 0)
    return [
      { on, command: `sudo kubectl get pods -A -o wide # those made before the MTU was ${mtu} are to be made anew` },
    ];
  return namespaces
    .slice(0, 5)
    .map((name) => ({ on, command: `sudo kubectl -n ${name} rollout restart deployment,statefulset,daemonset` }));
}
