import { deriveMtu } from '../../../cluster/index.ts';
import { up } from '../mend.ts';
import { silentNodes } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, PathSeen, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { pathsWith, suspects } from './paths.ts';
import { sizeLine, smallerMtu, uplinkOf } from './room.ts';

export const mtuSmallerSwitchPort: Trouble = {
  code: 'mtu-smaller-switch-port',
  title: 'The network between the nodes carries less than their interfaces promise',
  judge(subject) {
    const narrow = pathsWith(subject, 'node', symptom.narrow);
    if (narrow.length === 0) return [];
    const least = Math.min(...narrow.map(({ largest }) => largest ?? 0));
    const promised = Math.max(...narrow.map((path) => path.promised));
    const hole = narrow.some(({ told }) => told === null);
    const nodes = suspects(narrow);
    // Asked from the same network, a node is not heard either: what it is asked is large.
    const lost = silentNodes(subject).filter(({ name }) => nodes.includes(name));
    const { overhead } = deriveMtu(subject.cluster);
    const stack = smallerMtu(subject, least - overhead);
    const own = smallerLink(subject, nodes, promised);
    const mends: Pick<Diagnosis, 'message' | 'mend' | 'stack'> =
      own === undefined
        ? {
            message: `the network carries ${least} bytes to and from ${listed(nodes)}, and interfaces there promise ${promised}`,
            mend: [
              {
                on: 'the switch',
                command: `let its ports carry ${promised} bytes (and ${promised + 18} with the frame’s own)`,
              },
              ...nodes.slice(0, 3).flatMap((name) => setLink(subject, name, least)),
              ...(stack === undefined ? [] : [up]),
            ],
            ...stack,
          }
        : {
            message: `${own.link} of ${own.node} has MTU ${own.mtu}, and interfaces of others promise ${promised}`,
            mend: [
              {
                on: own.node,
                command: `sudo ip link set ${own.link} mtu ${promised} # and so where the system sets it at its start`,
              },
            ],
          };
    const finding: Diagnosis = {
      code: mtuSmallerSwitchPort.code,
      severity: hole ? 'broken' : 'failing',
      message: mends.message,
      nodes,
      evidence: shortened([
        ...(own === undefined
          ? []
          : [
              `${own.node}: ${own.link}: MTU ${own.mtu} (ip link), the stack says ${subject.cluster.network.interfaceMtu}`,
            ]),
        ...narrow.map(sizeLine),
        ...lost.map(({ name, why }) => `${name}: SSH: ${why}`),
      ]),
      why: 'Not only pods: what the nodes themselves say to each other (etcd, kubelet, images) hangs as soon as it is large, and encapsulation needs room beside it.',
      mend: mends.mend,
      ...(mends.stack === undefined ? {} : { stack: mends.stack }),
      explains: [
        ...new Set([...narrow.map(symptom.narrow), ...ofPods(subject, narrow)]),
        ...lost.map(({ name }) => symptom.nodeSilent(name)),
      ],
      reference: 'https://docs.tigera.io/calico/latest/networking/configuring/mtu#determine-mtu-size',
    };
    return [finding];
  },
};

/** The one node that all of it is about, where its own interface has less than the others and the stack say. */
function smallerLink(subject: Subject, nodes: readonly string[], promised: number) {
  const [node, another] = nodes;
  const link = node === undefined || another !== undefined ? undefined : uplinkOf(subject, node);
  if (node === undefined || link === undefined) return undefined;
  const isSmaller = link.mtu < promised && link.mtu < subject.cluster.network.interfaceMtu;
  return isSmaller ? { node, link: link.name, mtu: link.mtu } : undefined;
}

function setLink(subject: Subject, on: string, mtu: number): Diagnosis['mend'] {
  const link = uplinkOf(subject, on);
  return link === undefined
    ? []
    : [{ on, command: `sudo ip link set ${link.name} mtu ${mtu} # until the switch carries more` }];
}

/** Between the same nodes, in that direction or the other: an echo goes both ways. */
function ofPods(subject: Subject, narrow: readonly PathSeen[]): string[] {
  const pairs = new Set(narrow.flatMap(({ from, to }) => [`${from} ${to}`, `${to} ${from}`]));
  return pathsWith(subject, 'pod', symptom.narrow)
    .filter(({ from, to }) => pairs.has(`${from} ${to}`))
    .map(symptom.narrow);
}
