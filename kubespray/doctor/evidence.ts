/** From the answers of the nodes to what they are asked next, and to the evidence. */
import { type Cluster, derivePorts, type Node } from '../../cluster/index.ts';
import type { NodeAnswer } from './evidence-schema.ts';
import type { ApiEvidence, LinkSeen, NodeEvidence, PathSeen, PodSeen } from './types.ts';

/** A moment of the node's clock, and when on the workstation it was asked for and there; seconds since 1970. */
export interface Tick {
  readonly asked: number;
  readonly told: number;
  readonly heard: number;
}

/** What a node said of itself, with the clock measured by the round trip, and the pods by name where the API knows them. */
export function nodeEvidence(answer: NodeAnswer, tick: Tick, api: ApiEvidence | undefined): NodeEvidence {
  const { lab: _, synchronized, ...told } = answer;
  const names = new Map(api?.addresses.map(({ address, pod }) => [address, pod]));
  const round = (seconds: number) => Math.round(seconds * 1000) / 1000;
  return {
    clock: {
      ahead: round(tick.told - (tick.asked + tick.heard) / 2),
      within: round((tick.heard - tick.asked) / 2),
      synchronized,
    },
    ...told,
    pods: told.pods.map((pod) => ({ ...pod, name: names.get(pod.address) ?? null })),
  };
}

/** One layer of the question that paths.py answers. */
export interface Layer {
  readonly layer: PathSeen['layer'];
  readonly fromAddress: string;
  /** MTU of the interface that it goes out by. */
  readonly promised: number;
  readonly targets: readonly { readonly to: string; readonly address: string; readonly ports: readonly string[] }[];
}

/** What a node is asked about its paths: to every other node that answers, and from its first pod to the first pod of each of them. */
export function pathLayers(
  from: Node,
  cluster: Cluster,
  answered: ReadonlyMap<string, NodeEvidence>,
  api: ApiEvidence | undefined,
): Layer[] {
  const others = cluster.nodes.filter(({ name }) => name !== from.name && answered.has(name));
  const mine = answered.get(from.name);
  if (mine === undefined || others.length === 0) return [];
  const targets = others.map(({ name, address }) => ({ to: name, address, ports: portsOf(cluster, name) }));
  const { mtu = cluster.network.interfaceMtu } = linkOf(mine, from.address) ?? {};
  const pod = firstPod(mine, api);
  const pods = others.flatMap(({ name }) => {
    const other = firstPod(answered.get(name), api);
    return other === undefined ? [] : [{ to: name, address: other.address, ports: [] }];
  });
  return [
    { layer: 'node', fromAddress: from.address, promised: mtu, targets },
    ...(pod === undefined || pods.length === 0
      ? []
      : [{ layer: 'pod' as const, fromAddress: pod.address, promised: pod.mtu, targets: pods }]),
  ];
}

function linkOf({ links }: NodeEvidence, address: string): LinkSeen | undefined {
  return links.find(({ addresses }) => addresses.some((each) => each.startsWith(`${address}/`)));
}

/** Those that nodes need of each other all the time. */
function portsOf(cluster: Cluster, node: string): string[] {
  const wanted = derivePorts(cluster).filter(
    ({ protocol, what, nodes }) => protocol === 'tcp' && WANTED.has(what) && nodes.includes(node),
  );
  return [...new Set(wanted.map(({ protocol, port }) => `${protocol}/${port}`))];
}

const WANTED = new Set(['BGP', 'kube-apiserver']);

/**
 * The pod that speaks for its node. One that no policy selects by its namespace is preferred, since a policy is no fault of the path; one
 * of IPv4 alone is taken, and one that the API knows before one that it does not.
 */
function firstPod(node: NodeEvidence | undefined, api: ApiEvidence | undefined): PodSeen | undefined {
  const governed = new Set(api?.policies.map(({ metadata }) => (metadata as { namespace?: string })?.namespace));
  const rank = ({ name }: PodSeen) => (name === null ? 2 : governed.has(name.split('/')[0]) ? 1 : 0);
  return node?.pods
    .filter(({ address }) => !address.includes(':'))
    .sort((a, b) => rank(a) - rank(b) || order(a.name ?? '', b.name ?? '') || order(a.address, b.address))[0];
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
