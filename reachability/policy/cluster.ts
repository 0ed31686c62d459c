/**
 * Policies of the cluster's administrator: ClusterNetworkPolicy (v1alpha2, Calico from 3.32), AdminNetworkPolicy and
 * BaselineAdminNetworkPolicy (v1alpha1, Calico 3.29 to 3.31), as Calico turns them into its own: v3.32.1
 * libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go, v3.31.5 conversion.go:278-800.
 */
import { parseNet } from '../address.ts';
import { type Fields, fields, isFields, list, number, type Resource, text, texts } from '../raw.ts';
import type { RuleAction } from '../types.ts';
import { namespaceSelector, podSelector } from './kubernetes.ts';
import {
  anything,
  type Entity,
  type Policy,
  type PolicyKind,
  type Port,
  portOf,
  protocolNumber,
  type Rule,
} from './policy.ts';
import { entitySelector, globalSelector } from './selectors.ts';

interface Dialect {
  readonly kind: PolicyKind;
  readonly tierOf: (spec: Fields) => string | undefined;
  readonly orderOf: (spec: Fields) => number;
  readonly namePrefix: string;
  readonly actions: Readonly<Record<string, RuleAction>>;
  readonly ports: (rule: Fields) => PortsRead;
}

/** Undefined where Calico skips the policy: no tier that it knows, or no subject. */
export const clusterPolicy = (resource: Resource) =>
  read(resource, {
    kind: 'KubernetesClusterNetworkPolicy',
    tierOf: ({ tier }) => ({ Admin: 'kube-admin', Baseline: 'kube-baseline' })[text(tier)],
    orderOf: ({ priority }) => number(priority) ?? 0,
    namePrefix: '',
    actions: { Accept: 'allow', Deny: 'deny', Pass: 'pass' },
    ports: ({ protocols }) => portsOf(list(protocols), clusterPort),
  });

export const adminPolicy = (resource: Resource) =>
  read(resource, {
    kind: 'KubernetesAdminNetworkPolicy',
    tierOf: () => 'adminnetworkpolicy',
    orderOf: ({ priority }) => number(priority) ?? 0,
    namePrefix: 'kanp.adminnetworkpolicy.',
    actions: { Allow: 'allow', Deny: 'deny', Pass: 'pass' },
    ports: ({ ports }) => portsOf(list(ports), adminPort),
  });

export const baselineAdminPolicy = (resource: Resource) =>
  read(resource, {
    kind: 'KubernetesBaselineAdminNetworkPolicy',
    tierOf: () => 'baselineadminnetworkpolicy',
    orderOf: () => 1000,
    namePrefix: 'kbanp.baselineadminnetworkpolicy.',
    actions: { Allow: 'allow', Deny: 'deny' },
    ports: ({ ports }) => portsOf(list(ports), adminPort),
  });

function read(resource: Resource, dialect: Dialect): Policy | undefined {
  const spec = fields(resource.spec);
  const tier = dialect.tierOf(spec);
  const subject = selected(fields(spec.subject));
  if (tier === undefined || subject === undefined) return undefined;
  const ingress = list(spec.ingress).flatMap((rule) => rulesOf(fields(rule), 'from', dialect));
  const egress = list(spec.egress).flatMap((rule) => rulesOf(fields(rule), 'to', dialect));
  return {
    kind: dialect.kind,
    name: dialect.namePrefix + resource.metadata.name,
    namespace: '',
    tier,
    order: dialect.orderOf(spec),
    selector: globalSelector(subject.pods || podSelector(undefined), subject.namespaces, ''),
    // Their tiers pass on, so only rules make a direction theirs.
    ...(ingress.length > 0 && { ingress }),
    ...(egress.length > 0 && { egress }),
    stage: 'normal',
  };
}

/** A rule that cannot be read closes what it would have closed or passed on, and drops what it would have opened. */
function rulesOf(rule: Fields, peers: 'from' | 'to', dialect: Dialect): Rule[] {
  const action = dialect.actions[text(rule.action)];
  const ports = dialect.ports(rule);
  const ends = list(rule[peers]).map((peer) => peerOf(fields(peer), peers));
  if (action === undefined || ports === 'unreadable' || ends.includes(undefined)) {
    const closes = rule.action === 'Deny' || (rule.action === 'Pass' && 'Pass' in dialect.actions);
    return closes ? [{ action: 'deny', source: anything, destination: anything }] : [];
  }
  return ports.flatMap(({ protocol, ports }) =>
    ends.map((end): Rule => {
      const peer = end as Entity;
      return {
        action,
        ...(protocol !== undefined && { protocol }),
        source: peers === 'from' ? peer : anything,
        destination: { ...(peers === 'from' ? anything : peer), ports },
      };
    }),
  );
}

/** Undefined of a peer of a kind that Calico does not know, as `nodes` and `domainNames`. */
function peerOf(peer: Fields, peers: 'from' | 'to'): Entity | undefined {
  const networks = peers === 'to' ? texts(peer.networks) : [];
  const nets = networks.map(parseNet);
  const chosen = selected(peer);
  if ((chosen === undefined && networks.length === 0) || nets.includes(undefined)) return undefined;
  const selector = entitySelector(
    {
      selector: chosen?.pods ?? '',
      notSelector: '',
      namespaceSelector: chosen?.namespaces ?? '',
      serviceAccounts: { names: [], selector: '' },
    },
    '',
  );
  return { ...anything, selector, nets: nets.filter((net) => net !== undefined) };
}

/** `namespaces: {…}` or `pods: {namespaceSelector, podSelector}`; undefined where neither stands there. */
function selected(of: Fields): { pods: string; namespaces: string } | undefined {
  if (isFields(of.pods)) {
    return { pods: podSelector(of.pods.podSelector), namespaces: namespaceSelector(fields(of.pods.namespaceSelector)) };
  }
  return isFields(of.namespaces) ? { pods: '', namespaces: namespaceSelector(of.namespaces) } : undefined;
}

interface Opened {
  readonly protocol?: number;
  readonly ports: readonly Port[];
}
type PortsRead = readonly Opened[] | 'unreadable';
interface Entry {
  readonly protocol: string;
  /** Absent: all of the protocol. */
  readonly port?: Port | undefined;
  readonly unreadable?: boolean;
}

/** None, or one entry that says nothing, is everything; else one rule for each protocol, in the alphabet's order. */
function portsOf(entries: readonly unknown[], read: (entry: Fields) => Entry | undefined): PortsRead {
  const found = entries.map((entry) => read(fields(entry)));
  // Upstream reads them one after the other and stops at one that opens everything: what stands behind it is never read.
  const everything = found.indexOf(undefined);
  const looked = everything < 0 ? found : found.slice(0, everything);
  if (looked.some((entry) => entry?.unreadable)) return 'unreadable';
  if (found.length === 0 || everything >= 0) return [{ ports: [] }];
  const byProtocol = Map.groupBy(found as Entry[], ({ protocol }) => protocol);
  return [...byProtocol]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => {
      const protocol = protocolNumber(name === '' ? undefined : name);
      const ports = all.flatMap(({ port }) => port ?? []);
      return { ...(protocol !== undefined && { protocol }), ports: ports.length < all.length ? [] : ports };
    });
}

/** `{tcp: {destinationPort: {number} | {range: {start, end}}}}`, or `{destinationNamedPort}` of any protocol. */
function clusterPort(entry: Fields): Entry | undefined {
  for (const [name, protocol] of [
    ['tcp', 'TCP'],
    ['udp', 'UDP'],
    ['sctp', 'SCTP'],
  ] as const) {
    if (!isFields(entry[name])) continue;
    const { number: single, range } = fields(entry[name].destinationPort);
    if (typeof single === 'number' && single !== 0) return withPort(protocol, portOf(single));
    return isFields(range) ? withPort(protocol, portOf(`${range.start}:${range.end}`)) : { protocol };
  }
  const named = text(entry.destinationNamedPort);
  return named === '' ? undefined : withPort('', portOf(named));
}

/** `{portNumber: {protocol, port}}` or `{portRange: {protocol, start, end}}`; named ports are taken for everything (v3.31.5). */
function adminPort({ portNumber, portRange }: Fields): Entry | undefined {
  if (isFields(portNumber)) return withPort(text(portNumber.protocol) || 'TCP', portOf(portNumber.port));
  if (!isFields(portRange)) return undefined;
  return withPort(text(portRange.protocol) || 'TCP', portOf(`${portRange.start}:${portRange.end}`));
}

function withPort(protocol: string, port: Port | undefined): Entry {
  return port === undefined ? { protocol, unreadable: true } : { protocol, port };
}
