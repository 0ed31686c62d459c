/** A list of resources, sorted into what a world is made of. What a world has no use for is left out without a word. */
import { type Address, type Net, parseAddress, parseNet, parseNetOrAddress } from '../address.ts';
import { calicoPolicy, defaultTier } from '../policy/calico.ts';
import { adminPolicy, baselineAdminPolicy, clusterPolicy } from '../policy/cluster.ts';
import { kubernetesPolicy } from '../policy/kubernetes.ts';
import { builtInTiers, type CalicoVersion, compareTiers, type Tier } from '../policy/order.ts';
import type { Policy } from '../policy/policy.ts';
import { namespaceLabel } from '../policy/selectors.ts';
import { fields, groupOf, isFields, list, number, type Resource, text, textMap, texts } from '../raw.ts';
import {
  type Endpoint,
  hostEndpoint,
  type Inherited,
  namespaceLabels,
  type PodPlace,
  podPlace,
  serviceAccountLabels,
  unknownLabels,
} from './endpoint.ts';
import { type FelixSettings, felixSettings } from './host.ts';
import { type Pool, poolsOf } from './pools.ts';
import type { Addresses } from './remote.ts';
import type { NetworkSet } from './universe.ts';

export interface Parts {
  readonly endpoints: readonly Endpoint[];
  /** Pods on their node's own network. */
  readonly hostPods: ReadonlyMap<string, readonly Address[]>;
  /** By node: its own addresses, those of its tunnels too. */
  readonly nodes: ReadonlyMap<string, readonly Address[]>;
  /** By node, what it is known by beside its name. */
  readonly addresses: ReadonlyMap<string, Addresses>;
  readonly pools: readonly Pool[];
  readonly wireguard: readonly (4 | 6)[];
  /** By the name of the FelixConfiguration. */
  readonly felix: ReadonlyMap<string, FelixSettings>;
  readonly networkSets: readonly NetworkSet[];
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
  readonly services: readonly Resource[];
  readonly slices: readonly Resource[];
}

/** A resource that means nothing to the version of Calico that is asked about. */
export interface Ignored {
  readonly kind: string;
  readonly name: string;
  readonly why: string;
}

/** Resources of a list, of a `List`, or of a mapping's `resources`; undefined where the value is none of them. */
export function resourcesIn(value: unknown): Resource[] | undefined {
  if (Array.isArray(value))
    return value.flatMap((item) => (isFields(item) && 'items' in item ? (resourcesIn(item) ?? []) : resource(item)));
  if (!isFields(value)) return undefined;
  if (Array.isArray(value.items) && text(value.kind).endsWith('List')) return resourcesIn(value.items);
  if (Array.isArray(value.resources)) return resourcesIn(value.resources);
  return typeof value.kind === 'string' ? resource(value) : undefined;
}

/** Of what has a kind and a name; a namespace is `default` where none is said. */
function resource(value: unknown): Resource[] {
  const { apiVersion, kind, metadata } = fields(value);
  const meta = fields(metadata);
  if (text(kind) === '' || text(meta.name) === '') return [];
  const namespace = text(meta.namespace) || 'default';
  return [
    {
      ...fields(value),
      apiVersion: text(apiVersion),
      kind: text(kind),
      metadata: { ...meta, name: text(meta.name), namespace },
    } as Resource,
  ];
}

const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'];

export function partsOf(resources: readonly Resource[], version: CalicoVersion): { parts: Parts; ignored: Ignored[] } {
  const ignored: Ignored[] = [];
  // The last of two with one name counts, as it does for `kubectl apply`.
  const unique = [
    ...new Map(
      resources.map((r) => [`${groupOf(r)}/${r.kind}/${r.metadata.namespace}/${r.metadata.name}`, r]),
    ).values(),
  ];
  const of = (kind: string, ...groups: string[]) =>
    unique.filter((r) => r.kind === kind && (groups.length === 0 || groups.includes(groupOf(r))));
  const skip = (all: readonly Resource[], why: string): [] => {
    ignored.push(...all.map((r) => ({ kind: r.kind, name: r.metadata.name, why })));
    return [];
  };

  const inherited: Inherited = {
    namespaces: new Map(of('Namespace').map(({ metadata: m }) => [m.name, namespaceLabels(m.name, m.labels)])),
    serviceAccounts: new Map(
      of('ServiceAccount').map(({ metadata: m }) => [
        `${m.namespace}/${m.name}`,
        serviceAccountLabels(m.name, m.labels),
      ]),
    ),
  };
  const profiles = new Map(of('Profile', ...calicoGroups).map((one) => [one.metadata.name, one]));
  const nodes = new Map(of('Node').map((node) => [node.metadata.name, nodeAddresses(node)]));
  const pods = of('Pod').map((pod) => ({
    id: `${pod.metadata.namespace}/${pod.metadata.name}`,
    place: podPlace(pod, inherited),
  }));
  const cluster = of('ClusterNetworkPolicy', 'policy.networking.k8s.io');
  const admin = of('AdminNetworkPolicy', 'policy.networking.k8s.io');
  const baseline = of('BaselineAdminNetworkPolicy', 'policy.networking.k8s.io');
  const policies = [
    ...of('NetworkPolicy', 'networking.k8s.io').map(kubernetesPolicy),
    ...of('NetworkPolicy', ...calicoGroups).map(calicoPolicy),
    ...of('GlobalNetworkPolicy', ...calicoGroups).map(calicoPolicy),
    ...(version.clusterPolicies ? cluster : skip(cluster, 'Calico enforces ClusterNetworkPolicy from 3.32 on')).map(
      clusterPolicy,
    ),
    ...(version.adminPolicies ? admin : skip(admin, 'Calico enforces AdminNetworkPolicy in 3.29 to 3.31 alone')).map(
      adminPolicy,
    ),
    ...(version.baselinePolicies
      ? baseline
      : skip(baseline, 'Calico enforces BaselineAdminNetworkPolicy in 3.30 to 3.31 alone')
    ).map(baselineAdminPolicy),
  ].filter((policy) => policy !== undefined);
  return {
    parts: {
      endpoints: [
        ...pods.flatMap(({ place }) => (place.kind === 'endpoint' ? place.endpoint : [])),
        ...of('HostEndpoint', ...calicoGroups).map((hep) => hostEndpoint(hep, profiles, inherited)),
      ],
      hostPods: new Map(pods.flatMap(({ id, place }) => hostPod(id, place, nodes))),
      nodes,
      addresses: new Map(of('Node').map((node) => [node.metadata.name, tunnelsOf(node)])),
      pools: poolsOf(of('IPPool', ...calicoGroups)),
      wireguard: wireguardOf(of('FelixConfiguration', ...calicoGroups)),
      felix: felixSettings(of('FelixConfiguration', ...calicoGroups)),
      networkSets: [
        ...of('GlobalNetworkSet', ...calicoGroups).map((set) => networkSet(set)),
        ...of('NetworkSet', ...calicoGroups).map((set) => networkSet(set, inherited)),
      ],
      tiers: tiersOf(of('Tier', ...calicoGroups), policies, version),
      policies,
      services: of('Service', ''),
      slices: of('EndpointSlice', 'discovery.k8s.io'),
    },
    ignored,
  };
}

function hostPod(id: string, place: PodPlace, nodes: Parts['nodes']): [string, readonly Address[]][] {
  if (place.kind !== 'host') return [];
  return [[id, place.addresses.length > 0 ? place.addresses : (nodes.get(place.node) ?? [])]];
}

/** Kubernetes' own, and those that Calico writes down as annotations: where packets from the node come from under an overlay. */
function nodeAddresses(node: Resource): Address[] {
  const addresses = list(fields(node.status).addresses).map((entry) => fields(entry));
  const own = addresses
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .map(({ address }) => text(address));
  const written = annotated(node, /^IPv[46](Address|IPIPTunnelAddr|VXLANTunnelAddr|WireguardInterfaceAddr)$/);
  return [...new Set([...own, ...written.map((value) => value.split('/')[0] as string)])].flatMap(
    (ip) => parseAddress(ip) ?? [],
  );
}

/** What Calico writes down of a node (libcalico-go/lib/backend/k8s/resources/node.go). */
function annotated(node: Resource, name: RegExp): string[] {
  return textMap(node.metadata.annotations).flatMap(([key, value]) => {
    const [prefix, word = ''] = key.split('/');
    return prefix === 'projectcalico.org' && name.test(word) ? value : [];
  });
}

function tunnelsOf(node: Resource): Addresses {
  const addresses = (name: RegExp) =>
    annotated(node, name).flatMap((value) => parseAddress(value.split('/')[0] as string) ?? []);
  return {
    ipip: addresses(/^IPv[46]IPIPTunnelAddr$/),
    vxlan: addresses(/^IPv[46]VXLANTunnelAddr$/),
    wireguard: addresses(/^IPv[46]WireguardInterfaceAddr$/),
    subnets: annotated(node, /^IPv[46]Address$/).flatMap((value) => parseNet(value) ?? []),
  };
}

/** Families whose packets between nodes all go through WireGuard. */
function wireguardOf(felix: readonly Resource[]): (4 | 6)[] {
  const spec = fields(felix.find(({ metadata }) => metadata.name === 'default')?.spec);
  return [
    ...(spec.wireguardEnabled === true ? [4 as const] : []),
    ...(spec.wireguardEnabledV6 === true ? [6 as const] : []),
  ];
}

/** One with a namespace has that as a label and inherits its labels (…/updateprocessors/networksetprocessor.go). */
function networkSet(set: Resource, inherited?: Inherited): NetworkSet {
  const { namespace = '', labels } = set.metadata;
  const nets = texts(fields(set.spec).nets).flatMap((net): Net[] => {
    const read = parseNetOrAddress(net);
    return read === undefined ? [] : [read];
  });
  if (inherited === undefined) return { labels: new Map(textMap(labels)), nets };
  const from = inherited.namespaces.get(namespace) ?? namespaceLabels(namespace, undefined);
  return {
    labels: new Map([...from, ...textMap(labels), [namespaceLabel, namespace]]),
    nets,
    ...unknownLabels(inherited, namespace, ''),
  };
}

function tiersOf(resources: readonly Resource[], policies: readonly Policy[], version: CalicoVersion): Tier[] {
  const byName = new Map(builtInTiers(version).map((tier) => [tier.name, tier]));
  for (const resource of resources) {
    const { name } = resource.metadata;
    // The built-in ones cannot be changed; the validator refuses it.
    if (byName.has(name) && (name === defaultTier || byName.get(name)?.defaultAction === 'pass')) continue;
    const { order, defaultAction } = fields(resource.spec);
    byName.set(name, {
      name,
      order: number(order) ?? Number.POSITIVE_INFINITY,
      defaultAction: defaultAction === 'Pass' ? 'pass' : 'deny',
      exists: true,
    });
  }
  for (const { tier } of policies) {
    if (!byName.has(tier))
      byName.set(tier, { name: tier, order: Number.POSITIVE_INFINITY, defaultAction: 'deny', exists: false });
  }
  return [...byName.values()].sort(compareTiers);
}
