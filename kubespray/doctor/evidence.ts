/** From the answers of the nodes to what they are asked next, and to the evidence. */
import { type Cluster, contains, derivePorts, range } from '../../cluster/index.ts';
import { isRecord } from '../../cluster/raw.ts';
import type { NodeAnswer } from './evidence-schema.ts';
import { sessionsAt } from './seen.ts';
import type { ApiEvidence, LinkSeen, NodeEvidence, PathSeen, PodSeen } from './types.ts';

/** A moment of the node's clock, and when on the workstation it was asked for and there; seconds since 1970. */
export interface Tick {
  readonly asked: number;
  readonly told: number;
  readonly heard: number;
}

/**
 * What a node said of itself, with the clock measured by the round trip, and the pods by name where the API knows them. Network
 * namespaces of other programs, as of Docker's own containers, are none of pods.
 */
export function nodeEvidence(
  answer: NodeAnswer,
  tick: Tick,
  cluster: Cluster,
  api: ApiEvidence | undefined,
): NodeEvidence {
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
    pods: told.pods
      .filter(({ address }) => names.has(address) || isOfPods(address, cluster, api))
      .map((pod) => ({ ...pod, name: names.get(pod.address) ?? null })),
  };
}

/** Whether the address is one that pods get, as declared or as the pools are live; of IPv6 every one may be. */
function isOfPods(address: string, { network }: Cluster, api: ApiEvidence | undefined): boolean {
  const one = range(`${address}/32`);
  if (one === undefined) return true;
  const ranges = [network.pods, ...(api?.pools ?? []).map(({ spec }) => spec.cidr)].map(range);
  return ranges.some((each) => each !== undefined && contains(each, one));
}

/** One layer of the question that paths.py answers. */
export interface Layer {
  readonly layer: PathSeen['layer'];
  readonly fromAddress: string;
  /** MTU of the interface that it goes out by. */
  readonly promised: number;
  readonly targets: readonly { readonly to: string; readonly address: string; readonly ports: readonly string[] }[];
}

/** No IP packet is larger (RFC 791), and the loopback interface promises a byte more. */
const LARGEST = 65_535;

/** Of a cluster with more nodes each measures those that follow it, so that every one is measured by as many. */
const MOST = 64;

/**
 * What each node that answers is asked about its paths: to every other node, to those that do not answer over SSH as well, and from its first
 * pod to the first pod of each. `left` says which pairs nobody is asked about; undefined where that is none.
 */
export function pathLayers(
  cluster: Cluster,
  answered: ReadonlyMap<string, NodeEvidence>,
  api: ApiEvidence | undefined,
  most: number = MOST,
): { readonly layers: ReadonlyMap<string, readonly Layer[]>; readonly left?: string } {
  const { nodes } = cluster;
  const ports = portsOf(cluster);
  const podOf = podChooser(api);
  const ends = nodes.map(({ name, address }) => {
    const pod = podOf(answered.get(name));
    return {
      node: { to: name, address, ports: ports.get(name) ?? [] },
      pods: pod === undefined ? [] : [{ to: name, address: pod.address, ports: [] }],
      pod,
    };
  });
  const layers = nodes.flatMap(({ name, address }, at) => {
    const mine = answered.get(name);
    if (mine === undefined) return [];
    const others = [...ends.slice(at + 1), ...ends.slice(0, at)].slice(0, most);
    const { mtu = cluster.network.interfaceMtu } = linkOf(mine, address) ?? {};
    const pod = ends[at]?.pod;
    const pods = others.flatMap((other) => other.pods);
    const all: Layer[] = [
      {
        layer: 'node',
        fromAddress: address,
        promised: Math.min(mtu, LARGEST),
        targets: others.map((other) => undisturbed(other.node, mine, cluster.network.bgp.listenPort)),
      },
      ...(pod === undefined
        ? []
        : [{ layer: 'pod' as const, fromAddress: pod.address, promised: pod.mtu, targets: pods }]),
    ];
    return [[name, all.filter(({ targets }) => targets.length > 0)] as const];
  });
  const missing = nodes.length - 1 - most;
  return {
    layers: new Map(layers),
    ...(missing > 0
      ? { left: `each of ${nodes.length} nodes measures the ${most} that follow it, and not the other ${missing}` }
      : {}),
  };
}

function linkOf(node: NodeEvidence, address: string): LinkSeen | undefined {
  return node.links.find(({ addresses }) => addresses.some((each) => each.startsWith(`${address}/`)));
}

/** By name of the node: those that nodes need of it all the time. */
function portsOf(cluster: Cluster): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { protocol, port, what, nodes } of derivePorts(cluster)) {
    if (protocol !== 'tcp' || !WANTED.has(what)) continue;
    for (const node of nodes) {
      const ports = found.get(node) ?? [];
      found.set(node, ports);
      if (!ports.includes(`${protocol}/${port}`)) ports.push(`${protocol}/${port}`);
    }
  }
  return found;
}

const WANTED = new Set(['BGP', 'kube-apiserver']);

/**
 * Nobody knocks at a port of BGP but where BIRD says that there is no session: with graceful restart, which Calico asks for, a further
 * connection of a peer is that peer begun anew, and the session that stood is dropped (RFC 4724 section 5; Calico v3.31.5
 * confd/etc/calico/confd/templates/bird.cfg.template).
 */
function undisturbed<T extends Layer['targets'][number]>(target: T, mine: NodeEvidence, port: number): T {
  const down = sessionsAt(mine).some(({ peer, established }) => peer === target.address && !established);
  return down ? target : { ...target, ports: target.ports.filter((each) => each !== `tcp/${port}`) };
}

/**
 * Chooses the pod that speaks for its node. One whose namespace has no policy is preferred, since a policy is no fault of the path; one
 * of IPv4 alone is taken, and one that the API knows before one that it does not.
 */
function podChooser(api: ApiEvidence | undefined): (node: NodeEvidence | undefined) => PodSeen | undefined {
  const governed = new Set(api?.policies.map(({ metadata }) => (isRecord(metadata) ? metadata.namespace : undefined)));
  const rank = ({ name }: PodSeen) => (name === null ? 2 : governed.has(name.split('/')[0]) ? 1 : 0);
  return (node) =>
    node?.pods
      .filter(({ address }) => !address.includes(':'))
      .sort((a, b) => rank(a) - rank(b) || order(a.name ?? '', b.name ?? '') || order(a.address, b.address))[0];
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
