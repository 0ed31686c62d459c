/** What an expectation says, written as a rule of a policy: of Kubernetes' kind, and of Calico's. */
import type { Expectation, ExpectedEnd, ExpectedPods, ExpectedPorts } from '../../../cluster/types.ts';
import { formatAddress } from '../../address.ts';
import { LAST_PORT } from '../../ports.ts';
import { type Fields, fields, type Resource, text } from '../../raw.ts';
import type { Direction } from '../../types.ts';
import type { Cast } from '../actors.ts';
import { isLinkLocal, means, portsOf } from '../ends.ts';
import { coreDns } from '../made-up.ts';
import { netText } from '../pool.ts';

const namespaceName = 'kubernetes.io/metadata.name';

/**
 * The peers of a rule of a NetworkPolicy in this namespace; an empty list is anybody. Undefined where it has no words for the end, as for
 * service accounts.
 */
export function kubernetesPeers(cast: Cast, end: ExpectedEnd, namespace: string): Fields[] | undefined {
  switch (end.kind) {
    case 'pods':
      return end.serviceAccount === undefined ? [podsPeer(end, namespace)] : undefined;
    case 'dns':
      return [podsPeer(coreDns, namespace), ...cacheNets(cast).map((cidr) => ({ ipBlock: { cidr } }))];
    case 'anyone':
    case 'others':
      return [];
    default: {
      const nets = netsOf(cast, end);
      return nets.length === 0
        ? undefined
        : nets.map(({ cidr, except }) => ({ ipBlock: { cidr, ...(except.length > 0 && { except }) } }));
    }
  }
}

function podsPeer({ namespace, namespaces, pods }: ExpectedPods, own: string): Fields {
  const podSelector = { podSelector: pods === undefined ? {} : { matchLabels: pods } };
  if (namespace === own && namespaces === undefined) return podSelector;
  const labels = { ...namespaces, ...(namespace !== undefined && { [namespaceName]: namespace }) };
  const namespaceSelector = Object.keys(labels).length === 0 ? {} : { matchLabels: labels };
  return { namespaceSelector, ...(pods !== undefined && podSelector) };
}

/** Where the node-local cache answers. */
function cacheNets(cast: Cast): string[] {
  const found = cast.actors.filter((actor) => means({ kind: 'dns' }, actor) && isLinkLocal(actor.place.address));
  return [...new Set(found.map(({ id, place }) => (place.address === undefined ? id : hostNet(place.address))))];
}

function hostNet(address: Parameters<typeof formatAddress>[0]): string {
  return `${formatAddress(address)}/${address.family === 4 ? 32 : 128}`;
}

/** Nets of an end that is no pod. What the cluster has itself is not the internet. */
function netsOf(cast: Cast, end: ExpectedEnd): { cidr: string; except: string[] }[] {
  if (end.kind === 'addresses') return [{ cidr: end.net, except: [] }];
  const nodes = [...new Set([...cast.world.parts.nodes.values()].flat().map(hostNet))];
  const pools = cast.pools.map(({ net }) => netText(net));
  const families = new Set([4, ...cast.pools.map(({ net }) => net.family)]);
  const of = (family: number) => (net: string) => net.includes(':') === (family === 6);
  if (end.kind === 'internet') {
    return [...families].map((family) => ({
      cidr: family === 4 ? '0.0.0.0/0' : '::/0',
      except: [...pools, ...nodes].filter(of(family)),
    }));
  }
  const tunnels = end.kind === 'other-nodes' ? cast.actors.filter(({ kind }) => kind === 'tunnel') : [];
  const ranges =
    tunnels.length === 0 ? [] : cast.pools.filter(({ tunnels: wraps }) => wraps).map(({ net }) => netText(net));
  return [...nodes, ...ranges].map((cidr) => ({ cidr, except: [] }));
}

/** Undefined where it has no words for them, as for ICMP; an empty list is every port. */
export function kubernetesPorts(expectation: Expectation): Fields[] | undefined {
  const ports = portsOf(expectation);
  if (isEverything(ports)) return [];
  if (ports.some(({ proto }) => proto === 'icmp')) return undefined;
  return ports.map((one) => {
    const protocol = one.proto.toUpperCase();
    if (!('first' in one) || isWhole(one)) return { protocol };
    return { protocol, port: one.first, ...(one.last > one.first && { endPort: one.last }) };
  });
}

function isWhole(ports: ExpectedPorts): boolean {
  return 'first' in ports && ports.first === 1 && ports.last === LAST_PORT;
}

function isEverything(ports: readonly ExpectedPorts[]): boolean {
  return ['tcp', 'udp', 'sctp'].every((proto) => ports.some((one) => one.proto === proto && isWhole(one)));
}

/** A rule of a NetworkPolicy of Kubernetes that lets through what is expected; undefined where it cannot say that. */
export function kubernetesRule(
  cast: Cast,
  expectation: Expectation,
  direction: Direction,
  namespace: string,
): Fields | undefined {
  const peers = kubernetesPeers(cast, direction === 'ingress' ? expectation.from : expectation.to, namespace);
  const ports = kubernetesPorts(expectation);
  if (peers === undefined || ports === undefined) return undefined;
  return {
    ...(peers.length > 0 && { [direction === 'ingress' ? 'from' : 'to']: peers }),
    ...(ports.length > 0 && { ports }),
  };
}

/** Of several, without those that it has no words for. */
export function kubernetesRules(
  cast: Cast,
  expectations: readonly Expectation[],
  direction: Direction,
  namespace: string,
): Fields[] {
  return expectations
    .map((one) => kubernetesRule(cast, one, direction, namespace))
    .filter((rule) => rule !== undefined);
}

/** Rules of a policy of Calico about what the expectation speaks of, one for each kind of end and protocol. */
export function calicoRules(
  cast: Cast,
  expectation: Expectation,
  direction: Direction,
  policy: Resource,
  action: 'Allow' | 'Deny',
): Fields[] {
  const { from, to } = expectation;
  const [near, far] = direction === 'ingress' ? [to, from] : [from, to];
  const namespace = policy.kind === 'NetworkPolicy' ? (policy.metadata.namespace ?? 'default') : '';
  const own = nearEnd(near, namespace, text(fields(policy.spec).selector));
  return protocolsOf(expectation).flatMap(({ protocol, ports }) =>
    calicoEnds(cast, far, namespace).map((peer) => {
      const source = direction === 'ingress' ? peer : own;
      const destination = { ...(direction === 'ingress' ? own : peer), ...(ports.length > 0 && { ports }) };
      return {
        action,
        ...(protocol !== undefined && { protocol }),
        ...(Object.keys(source).length > 0 && { source }),
        ...(Object.keys(destination).length > 0 && { destination }),
      };
    }),
  );
}

/** Of the pods that the policy is for, those that the rule is about; nothing where that is all of them. */
function nearEnd(end: ExpectedEnd, namespace: string, selector: string): Fields {
  const pods = end.kind === 'dns' ? coreDns : end.kind === 'pods' ? end : undefined;
  if (pods === undefined) return {};
  const same = pods.pods === undefined || selector === equalities(pods.pods);
  const plain = pods.serviceAccount === undefined && pods.namespaces === undefined && pods.namespace === namespace;
  return plain && same ? {} : podsEntity(pods, namespace);
}

function calicoEnds(cast: Cast, end: ExpectedEnd, namespace: string): Fields[] {
  switch (end.kind) {
    case 'pods':
      return [podsEntity(end, namespace)];
    case 'dns': {
      const nets = cacheNets(cast);
      return [podsEntity(coreDns, namespace), ...(nets.length === 0 ? [] : [{ nets }])];
    }
    case 'anyone':
    case 'others':
      return [{}];
    default: {
      const nets = netsOf(cast, end);
      // A rule has nets of one family.
      const byFamily = Map.groupBy(nets, ({ cidr }) => cidr.includes(':'));
      return [...byFamily.values()].map((all) => {
        const notNets = all.flatMap(({ except }) => except);
        return { nets: all.map(({ cidr }) => cidr), ...(notNets.length > 0 && { notNets }) };
      });
    }
  }
}

function podsEntity({ namespace, namespaces = {}, pods = {}, serviceAccount }: ExpectedPods, own: string): Fields {
  const of = {
    ...namespaces,
    ...(namespace !== undefined &&
      (namespace !== own || Object.keys(namespaces).length > 0) && { [namespaceName]: namespace }),
  };
  const everywhere = namespace === undefined && Object.keys(of).length === 0;
  const selector = equalities(pods);
  return {
    ...(everywhere
      ? { namespaceSelector: 'all()' }
      : Object.keys(of).length > 0
        ? { namespaceSelector: equalities(of) }
        : {}),
    ...(selector !== '' && { selector }),
    ...(serviceAccount !== undefined && { serviceAccounts: { names: [serviceAccount] } }),
    ...(namespace === own && selector === '' && serviceAccount === undefined && { selector: 'all()' }),
  };
}

export function equalities(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key} == '${value}'`)
    .join(' && ');
}

function protocolsOf(expectation: Expectation): { protocol?: string; ports: (number | string)[] }[] {
  const ports = portsOf(expectation);
  if (isEverything(ports)) return [{ ports: [] }];
  return [...Map.groupBy(ports, ({ proto }) => proto)].map(([proto, all]) => ({
    protocol: proto.toUpperCase(),
    ports: all.some(isWhole)
      ? []
      : all.flatMap((one) => ('first' in one ? (one.first === one.last ? one.first : `${one.first}:${one.last}`) : [])),
  }));
}
