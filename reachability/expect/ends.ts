/** Who is meant by an end of an expectation, and what that is called. */
import type { Expectation, ExpectedEnd, ExpectedPorts } from '../../cluster/types.ts';
import { type Address, contains, type Net, parseNet } from '../address.ts';
import type { Actor, Cast } from './actors.ts';
import type { MadeUp } from './made-up.ts';
import { carries } from './namespaces.ts';
import { netText } from './pool.ts';

const linkLocal = ['169.254.0.0/16', 'fe80::/10'].map((net) => parseNet(net) as Net);

/** The labels by which CoreDNS and the node-local cache are known (kubespray v2.31.0 roles/kubernetes-apps/ansible/templates). */
const dnsApps = ['kube-dns', 'node-local-dns'];

/** Whether the end is about this one, whatever the other end. The own node is one only of a pod: see `together`. */
export function means(end: ExpectedEnd, actor: Actor): boolean {
  const { pod, place, kind } = actor;
  switch (end.kind) {
    case 'pods':
      return (
        pod !== undefined &&
        (end.namespace === undefined || pod.namespace === end.namespace) &&
        (end.serviceAccount === undefined || pod.serviceAccount === end.serviceAccount) &&
        carries(pod.labels, end.pods ?? {}) &&
        carries(pod.namespaceLabels, end.namespaces ?? {})
      );
    case 'addresses': {
      const net = parseNet(end.net);
      return (
        (kind === 'outside' || kind === 'node') &&
        net !== undefined &&
        place.address !== undefined &&
        contains(net, place.address)
      );
    }
    case 'internet':
      return actor.internet;
    case 'own-node':
      return kind === 'node';
    case 'other-nodes':
      return kind === 'node' || kind === 'tunnel';
    case 'dns':
      return isDns(actor);
    default:
      return true;
  }
}

function isDns({ pod, place }: Actor): boolean {
  if (pod?.namespace !== 'kube-system' || !dnsApps.includes(pod.labels['k8s-app'] ?? '')) return false;
  // The cache answers on its link-local address alone, though it is a pod of its node.
  return !pod.hostNetwork || isLinkLocal(place.address);
}

/** Nothing comes from such an address but on the node itself. */
export function isLinkLocal(address: Address | undefined): boolean {
  return address !== undefined && linkLocal.some((net) => contains(net, address));
}

/**
 * Those of the cast that are judged. What is allowed is promised to pods that the end itself means: of all pods that nobody has started yet
 * to the one that was made up for it. What is denied is denied to every pod that could be.
 */
export function actorsAt(cast: Cast, end: ExpectedEnd, verdict: Expectation['verdict'], source: boolean): Actor[] {
  const side = source ? 'source' : 'destination';
  const isFor = (madeUp: MadeUp | undefined) =>
    madeUp === undefined || (madeUp.side === side && (verdict === 'deny' || madeUp.of.has(end)));
  const found = cast.actors.filter(
    (actor) => means(end, actor) && isFor(actor.pod?.madeUp) && !(source && isLinkLocal(actor.place.address)),
  );
  // Nobody thinks of the cluster's own pods as clients; as servers they are as good as others.
  return source ? found : [...found.filter(isStarted), ...found.filter((actor) => !isStarted(actor))];
}

/** A pod of the world. */
export function isStarted({ pod }: Actor): boolean {
  return pod !== undefined && pod.madeUp === undefined;
}

/** Whether the expectation is about this pair at all. */
export function together({ from, to }: Expectation, src: Actor, dst: Actor): boolean {
  if (src.pod !== undefined && src.id === dst.id) return false;
  if (to.kind === 'own-node') return src.node === '' || src.node === dst.node;
  if (from.kind === 'own-node') return dst.node === '' || src.node === dst.node;
  if (to.kind === 'other-nodes') return src.node === '' || src.node !== dst.node;
  const others = from.kind === 'other-nodes' || from.kind === 'anyone' || from.kind === 'others';
  // What a node sends to its own pods is never policed, and so nothing to be denied.
  const ownNode = src.node !== '' && src.node === dst.node && dst.pod?.hostNetwork === false;
  const ofNode = src.kind === 'node' || src.pod?.hostNetwork === true;
  return !(others && ofNode && ownNode);
}

/** Why there is nothing that one of the ends could mean; undefined where there is. */
export function emptiness(cast: Cast, { from, to, verdict }: Expectation): string | undefined {
  // That it always is allowed is true without knowing the nodes.
  const probes = from.kind === 'own-node' && verdict === 'allow';
  return (probes ? undefined : emptyEnd(cast, from)) ?? emptyEnd(cast, to);
}

function emptyEnd(cast: Cast, end: ExpectedEnd): string | undefined {
  const words = endWords(end);
  switch (end.kind) {
    case 'pods': {
      const { namespace, namespaces = {} } = end;
      const labels = namespace === undefined ? undefined : cast.namespaces.get(namespace);
      const all = [...cast.namespaces.keys()].sort().join(', ');
      if (namespace !== undefined && labels === undefined)
        return `there is no namespace ${namespace}: those of this world are ${all}`;
      if (labels !== undefined && !carries(labels, namespaces))
        return `the namespace ${namespace} does not carry the labels ${pairs(namespaces)}`;
      if (![...cast.namespaces.values()].some((of) => carries(of, namespaces)))
        return `no namespace carries the labels ${pairs(namespaces)}: those of this world are ${all}, and each has kubernetes.io/metadata.name by itself`;
      return undefined;
    }
    case 'addresses':
      if (parseNet(end.net) === undefined) return `${end.net} is no net`;
      if (cast.actors.some((actor) => means(end, actor))) return undefined;
      return `${words} lies within the pods' ranges, and nobody knows whose it will be: name pods by their namespace and labels`;
    case 'own-node':
    case 'other-nodes':
      return cast.actors.some((actor) => means(end, actor)) ? undefined : 'this world has no node';
    default:
      return cast.actors.some((actor) => means(end, actor)) ? undefined : `there is nothing that is ${words}`;
  }
}

/** `pods of production (app=my-app)`, for a person. */
export function endWords(end: ExpectedEnd): string {
  switch (end.kind) {
    case 'pods': {
      const { namespace, namespaces, pods, serviceAccount } = end;
      const own = [
        ...(pods === undefined ? [] : [pairs(pods)]),
        ...(serviceAccount === undefined ? [] : [`service account ${serviceAccount}`]),
      ];
      const where = namespace ?? (namespaces === undefined ? 'any namespace' : `namespaces with ${pairs(namespaces)}`);
      return `pods of ${where}${own.length === 0 ? '' : ` (${own.join(', ')})`}`;
    }
    case 'addresses': {
      const net = parseNet(end.net);
      return net === undefined ? end.net : netText(net).replace(net.family === 4 ? '/32' : '/128', '');
    }
    case 'internet':
      return 'the internet';
    case 'own-node':
      return 'the node of the pod';
    case 'other-nodes':
      return 'the other nodes';
    case 'dns':
      return "the cluster's DNS";
    case 'others':
      return 'everybody else';
    default:
      return 'everybody';
  }
}

export function pairs(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

const everyPort: readonly ExpectedPorts[] = (['tcp', 'udp', 'sctp'] as const).map((proto) => ({
  proto,
  first: 1,
  last: 65535,
}));
const dnsPorts: readonly ExpectedPorts[] = (['udp', 'tcp'] as const).map((proto) => ({ proto, first: 53, last: 53 }));

/** None said: every port, or those of DNS. */
export function portsOf({ ports, to }: Expectation): readonly ExpectedPorts[] {
  if (ports.length > 0) return ports;
  return to.kind === 'dns' ? dnsPorts : everyPort;
}

/** `tcp 80, 443; udp 53`. */
export function portWords(ports: readonly ExpectedPorts[]): string {
  if (everyPort.every((all) => ports.some((one) => JSON.stringify(one) === JSON.stringify(all)))) return 'every port';
  const byProto = Map.groupBy(ports, ({ proto }) => proto);
  return [...byProto]
    .map(([proto, all]) => {
      const numbers = all.flatMap((one) =>
        'first' in one ? (one.first === one.last ? `${one.first}` : `${one.first}-${one.last}`) : [],
      );
      return numbers.length === 0 ? proto : `${proto} ${numbers.join(', ')}`;
    })
    .join('; ');
}
