/**
 * What is wrong, before anybody says why: one short text each, made by one function each, so that a rule names just the symptom
 * that was derived. Of what is known alone: a node that is silent has no other symptom than that.
 */
import { deriveNetwork } from '../../cluster/index.ts';
import { decidedByPolicy } from './live-world.ts';
import { apiOf, inside, members, nodeAt, runsBird, sessionsAt, silentNodes } from './seen.ts';
import type { Subject } from './subject.ts';
import type { PathSeen, Symptom } from './types.ts';

export const symptom = {
  nodeSilent: (node: string) => `node ${node} silent`,
  nodeNotReady: (node: string) => `node ${node} not ready`,
  nodeAbsent: (node: string) => `node ${node} absent`,
  apiSilent: () => 'api silent',
  /** The API server is not reached from there. */
  apiFrom: (node: string) => `api from ${node} silent`,
  calicoNode: (node: string) => `calico-node ${node} not ready`,
  pod: (pod: string) => `pod ${pod} not ready`,
  waiting: (pod: string) => `pod ${pod} waits`,
  bird: (node: string) => `bird ${node} silent`,
  session: (node: string, peer: string) => `bgp ${node}→${peer}`,
  noSession: (node: string, other: string) => `bgp ${node}→${other} missing`,
  route: (node: string, cidr: string) => `route ${node}→${cidr} missing`,
  /** Nothing comes back at all. */
  silent: ({ layer, from, to }: PathSeen) => `path ${layer} ${from}→${to} silent`,
  /** Small packets come back, and those that the interface promises do not. */
  narrow: ({ layer, from, to }: PathSeen) => `path ${layer} ${from}→${to} narrow`,
  /** Echoes come back, and neither TCP nor UDP does. */
  noPorts: ({ layer, from, to }: PathSeen) => `path ${layer} ${from}→${to} without TCP and UDP`,
  /** Of TCP and UDP one is answered. */
  onePort: ({ layer, from, to, tcp }: PathSeen) =>
    `path ${layer} ${from}→${to} without ${tcp === 'silent' ? 'TCP' : 'UDP'}`,
} as const;

/** The symptom of a path where it has that one; undefined otherwise. A path has one at the most. */
export const troubleOf = {
  silent: (path: PathSeen) => (isSilent(path) ? symptom.silent(path) : undefined),
  narrow: (path: PathSeen) => (isNarrow(path) ? symptom.narrow(path) : undefined),
  noPorts: (path: PathSeen) => (hasNoPorts(path) ? symptom.noPorts(path) : undefined),
};

export function symptomsOf(asked: Omit<Subject, 'symptoms'>): Symptom[] {
  const found = [
    ...silentNodes(asked).map(({ name }) => symptom.nodeSilent(name)),
    ...ofApi(asked),
    ...ofBgp(asked),
    ...ofRoutes(asked),
    ...ofPaths(asked),
  ];
  return [...new Set(found)];
}

function ofApi(asked: Omit<Subject, 'symptoms'>): Symptom[] {
  const { evidence, nodes } = asked;
  const fromNodes = [...nodes].flatMap(([name, { api }]) => (api?.ok === false ? [symptom.apiFrom(name)] : []));
  const api = apiOf(asked);
  if (api === undefined) return [...(isSilentApi(asked) ? [symptom.apiSilent()] : []), ...fromNodes];
  const known = new Map(api.nodes.map((node) => [node.name, node]));
  // A list that is empty could not be read.
  const ofNodes = (api.nodes.length === 0 ? [] : members(asked)).flatMap(({ name }) => {
    const node = known.get(name);
    if (node === undefined) return [symptom.nodeAbsent(name)];
    return node.ready === false ? [symptom.nodeNotReady(name)] : [];
  });
  const ofPods = api.pods
    .filter(({ ready, phase }) => !ready && phase !== 'Succeeded')
    .map(({ pod, node }) => (isCalicoNode(pod) ? symptom.calicoNode(node === '' ? pod : node) : symptom.pod(pod)));
  return [
    ...fromNodes,
    ...ofNodes,
    // The lab runs neither calico-node nor what else comes in images.
    ...(evidence.lab ? ofPods.filter((one) => !one.startsWith('calico-node ')) : ofPods),
    ...api.waiting.map(({ pod }) => symptom.waiting(pod)),
  ];
}

/** Where a control-plane node was asked, and no node reaches it: else it is the reading alone that failed. */
function isSilentApi({ cluster, nodes }: Omit<Subject, 'symptoms'>): boolean {
  const asked = cluster.nodes.some(({ name, roles }) => roles.includes('control-plane') && nodes.has(name));
  return asked && ![...nodes.values()].some(({ api }) => api?.ok === true);
}

/** `kube-system/calico-node-x7k2p`, or without the namespace. */
export function isCalicoNode(pod: string): boolean {
  return /(^|\/)calico-node-[^/]+$/.test(pod);
}

/** Sessions that are there and not established; in a mesh those that are not there at all. */
function ofBgp(asked: Omit<Subject, 'symptoms'>): Symptom[] {
  if (!runsBird(asked)) {
    return [...asked.nodes].flatMap(([name, node]) =>
      sessionsAt(node)
        .filter(({ established }) => !established)
        .map(({ peer }) => symptom.session(name, peer)),
    );
  }
  const { cluster, nodes } = asked;
  const meshed = cluster.network.bgp.topology === 'full-mesh';
  return members(asked).flatMap(({ name }) => {
    const node = nodes.get(name);
    if (node === undefined) return [];
    const running = node.bird.filter(({ problem }) => problem === null);
    if (!running.some(({ family }) => family === 4)) return [symptom.bird(name)];
    const sessions = sessionsAt(node);
    const wanted = meshed ? members(asked).filter((other) => other.name !== name) : [];
    return [
      ...sessions.filter(({ established }) => !established).map(({ peer }) => symptom.session(name, peer)),
      ...wanted
        .filter(({ address }) => !sessions.some(({ peer }) => peer === address))
        .map((other) => symptom.noSession(name, other.name)),
    ];
  });
}

/** A block of another node that this one has no route to. Where the API is silent nobody knows the blocks. */
function ofRoutes(asked: Omit<Subject, 'symptoms'>): Symptom[] {
  const { nodes, cluster } = asked;
  if (cluster.network.ipam.kind !== 'calico') return [];
  const api = apiOf(asked);
  const there = new Set(api?.nodes.map(({ name }) => name));
  const blocks = (api?.blocks ?? []).filter(
    ({ cidr, held, node }) => !cidr.includes(':') && held.length > 0 && node !== null && there.has(node),
  );
  return [...nodes].flatMap(([name, node]) => {
    const known = new Set(node.routes.map(({ to }) => (to.includes('/') ? to : `${to}/32`)));
    return blocks
      .filter((block) => block.node !== name && !known.has(block.cidr) && !reaches(asked, name, block.cidr))
      .map(({ cidr }) => symptom.route(name, cidr));
  });
}

/** Paths are measured after the routes were read: what is answered there has a route by now. */
function reaches({ evidence }: Omit<Subject, 'symptoms'>, from: string, cidr: string): boolean {
  return evidence.paths.some(
    (path) => path.layer === 'pod' && path.from === from && path.small === 'answered' && inside(path.toAddress, cidr),
  );
}

function ofPaths(asked: Omit<Subject, 'symptoms'>): Symptom[] {
  const judged = decidedByPolicy(asked);
  const one = asked.evidence.paths.filter(hasOnePort);
  return asked.evidence.paths.flatMap((path) => {
    const found =
      troubleOf.silent(path) ??
      troubleOf.narrow(path) ??
      troubleOf.noPorts(path) ??
      (one.some((other) => confirms(other, path)) ? symptom.onePort(path) : undefined);
    // Where a policy may be what drops it, the network is not to be blamed.
    return found === undefined || (path.layer === 'pod' && !isNarrow(path) && judged(path)) ? [] : [found];
  });
}

/** Echoes alone may be filtered: a port that says anything at all tells that packets travel. */
function isSilent({ layer, small, tcp, udp, ports }: PathSeen): boolean {
  if (small === 'answered' || tcp === 'answered' || udp === 'answered') return false;
  return layer === 'pod' || !Object.values(ports).some((said) => said !== 'silent');
}

function isNarrow({ small, largest, promised }: PathSeen): boolean {
  return small === 'answered' && largest !== null && largest < promised;
}

/** Between nodes a firewall may well drop what goes to a closed port. */
function hasNoPorts({ layer, small, tcp, udp }: PathSeen): boolean {
  return layer === 'pod' && small === 'answered' && tcp === 'silent' && udp === 'silent';
}

/** A node says “port unreachable” a few times a second only: that one path misses it is nothing yet. */
function hasOnePort({ layer, small, tcp, udp }: PathSeen): boolean {
  return layer === 'pod' && small === 'answered' && (tcp === 'silent') !== (udp === 'silent');
}

/** Another path with an end at the same node that misses the same. */
function confirms(other: PathSeen, path: PathSeen): boolean {
  const ends = [path.from, path.to];
  return (
    other !== path &&
    hasOnePort(path) &&
    (other.tcp === 'silent') === (path.tcp === 'silent') &&
    (ends.includes(other.from) || ends.includes(other.to))
  );
}

/** What a node's neighbors have against it, and it against them: sessions, routes to its blocks and from it, paths. */
export function aboutNode(subject: Subject, name: string): Symptom[] {
  const node = subject.cluster.nodes.find((one) => one.name === name);
  const addresses = [node?.address ?? '', node?.address6 ?? ''];
  const waiting = (apiOf(subject)?.waiting ?? []).filter((one) => one.node === name);
  const blocks = (apiOf(subject)?.blocks ?? []).filter(({ node }) => node === name).map(({ cidr }) => cidr);
  const pods = (apiOf(subject)?.pods ?? []).filter(({ node }) => node === name).map(({ pod }) => pod);
  const mine = new Set<Symptom>([
    ...[symptom.nodeSilent(name), symptom.nodeNotReady(name), symptom.apiFrom(name), symptom.calicoNode(name)],
    symptom.bird(name),
    ...pods.map(symptom.pod),
    ...waiting.map(({ pod }) => symptom.waiting(pod)),
    ...members(subject).flatMap((other) => [
      ...addresses.map((address) => symptom.session(other.name, address)),
      symptom.noSession(other.name, name),
      ...blocks.map((cidr) => symptom.route(other.name, cidr)),
    ]),
    ...subject.evidence.paths
      .filter(({ from, to }) => from === name || to === name)
      .flatMap((path) => [symptom.silent(path), symptom.narrow(path), symptom.noPorts(path), symptom.onePort(path)]),
  ]);
  const own = [`bgp ${name}→`, `route ${name}→`];
  return subject.symptoms.filter((one) => mine.has(one) || own.some((start) => one.startsWith(start)));
}

/** `masternode` of 192.168.4.63; the address itself where no declared node has it. */
export function nameOfPeer(subject: Subject, peer: string): string {
  return nodeAt(subject, peer)?.name ?? peer;
}

/** Whether the live cluster wraps packets between nodes, and how. */
export function encapsulationOf({ cluster }: Subject): { kind: 'none' | 'ipip' | 'vxlan'; port: number } {
  return { kind: cluster.network.encapsulation.kind, port: deriveNetwork(cluster).vxlan?.port ?? 4789 };
}

/**
 * Whether calico-node is not ready for want of a neighbor alone: BIRD runs there, a session is not established, and nothing crashes. The API
 * says no more than that the container is not ready (the words of the probe are an event's).
 */
export function waitsForBgp(subject: Omit<Subject, 'symptoms'>, name: string): boolean {
  const pod = apiOf(subject)?.pods.find((one) => one.node === name && isCalicoNode(one.pod));
  const failed = sessionsAt(subject.nodes.get(name)).some(({ established }) => !established);
  return pod?.ready === false && failed && !/crash|back-?off|error|pull|oom/i.test(pod.why);
}
