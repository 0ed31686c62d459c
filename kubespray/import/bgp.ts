import type { Draft } from './draft.ts';
import { isDeepEqual } from './equal.ts';
import { type Given, show } from './given.ts';
import type { ImportedHost } from './hosts.ts';
import type { Reading } from './reading.ts';

/** A peer as the stack file writes it. */
interface WrittenPeer {
  readonly address: string;
  readonly as: number;
  readonly name?: string;
  readonly filters?: readonly string[];
  readonly sourceAddress?: 'none';
  readonly allowedLocalAs?: number;
}

interface Scoped {
  readonly peer: WrittenPeer;
  readonly global: boolean;
}

/** kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml */
const PEERS = 'kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml';

/** Topology, peers of all nodes, and what they are told. */
export function readBgp(reading: Reading, draft: Draft, { isOn, common }: Peering): void {
  const reflectors = reading.hosts.nodes.filter(({ roles }) => roles.includes('route-reflector'));
  const id = clusterId(reading, reflectors);
  if (reflectors.length > 0)
    draft.set('network.bgp.topology', { reflectors: id === undefined ? {} : { clusterId: id } });
  else if (isOn) draft.set('network.bgp.topology', 'routers');
  const peers = common.map(({ peer }) => peer);
  if (peers.length > 0) draft.set('network.bgp.peers', peers);
  for (const [name, field] of [
    ['calico_advertise_service_external_ips', 'externalIps'],
    ['calico_advertise_service_loadbalancer_ips', 'loadBalancerIps'],
  ] as const) {
    const list = reading.list(name)?.map(String);
    if (list !== undefined && list.length > 0) draft.set(`network.bgp.advertise.${field}`, list);
  }
}

function isWithRouters(reading: Reading): boolean {
  const given = reading.shared('peer_with_router');
  reading.taken.add('peer_with_router');
  return given?.value === true || /^(true|yes|on|1)$/i.test(String(given?.value));
}

function clusterId(reading: Reading, reflectors: readonly ImportedHost[]): string | undefined {
  const [first] = reflectors;
  if (first === undefined) {
    reading.without('cluster_id', undefined, 'no host is in calico_rr');
    return undefined;
  }
  const id = reading.text('cluster_id');
  if (id !== undefined) return id;
  const own = reading.takeOf(first, 'cluster_id');
  reading.say(
    first.place,
    'refused',
    'no-cluster-id',
    'there are hosts in calico_rr and no cluster_id for the first control-plane node',
    own === undefined ? 'The default, 244.0.0.1, is taken.' : `That of ${first.name} is taken.`,
    'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:74',
  );
  return own === undefined ? undefined : reading.asText('cluster_id', own);
}

/** What is said of peers for the cluster as a whole. */
export interface Peering {
  /** Without `peer_with_router`, kubespray sets up none. */
  readonly isOn: boolean;
  /** Those that the stack file can say once for all; the others are with the nodes. */
  readonly common: readonly Scoped[];
}

export function peeringOf(reading: Reading): Peering {
  const isOn = isWithRouters(reading);
  return { isOn, common: isOn ? peersOfAll(reading) : [] };
}

function peersOfAll(reading: Reading): Scoped[] {
  const members = reading.hosts.nodes.filter(isMember);
  const [first, ...others] = members;
  if (first === undefined) return [];
  const group = first.ofGroups.get('peers');
  const list = first.variables.get('peers');
  const ofGroup = listOf(reading, group);
  // kubespray sets up the global ones from the first control-plane node alone.
  const global = listOf(reading, list).filter((entry) => entry.global);
  const everywhere = ofGroup.filter(
    (entry) =>
      !entry.global &&
      hasMore(entry.peer) &&
      others.every((host) => listOf(reading, host.variables.get('peers')).some((e) => isDeepEqual(e, entry))),
  );
  const wanted = [...global, ...everywhere];
  // In the order of the group's list, which a rendered one has too.
  const place = (entry: Scoped) => {
    const found = ofGroup.findIndex((other) => isDeepEqual(other, entry));
    return found === -1 ? ofGroup.length : found;
  };
  return wanted.sort((a, b) => place(a) - place(b));
}

/** The peers of one node beside those of all. */
export function peersOfNode(reading: Reading, host: ImportedHost, { isOn, common }: Peering): WrittenPeer[] {
  reading.taken.add('peers');
  const given = host.variables.get('peers');
  const entries = listOf(reading, given);
  if (given === undefined || entries.length === 0) return [];
  if (!isMember(host)) return [];
  if (!isOn) {
    once(
      reading,
      given,
      'harmful',
      'peers-without-router',
      'peers are listed, and kubespray sets up none without peer_with_router: true',
      'They are dropped; write network.bgp.peers if they are meant.',
    );
    return [];
  }
  const left = [...entries];
  for (const entry of common) {
    const at = left.findIndex((other) => isDeepEqual(other, entry));
    if (at !== -1) left.splice(at, 1);
  }
  const lost = left.filter(({ global }) => global);
  if (lost.length > 0) {
    once(
      reading,
      given,
      'harmful',
      'global-peer',
      `the first control-plane node does not have the global peer ${lost[0]?.peer.address}, so kubespray never sets it up`,
      'It is dropped.',
    );
  }
  return left.filter(({ global }) => !global).map(({ peer }) => peer);
}

function isMember({ roles }: ImportedHost): boolean {
  return roles.some((role) => role !== 'etcd');
}

function hasMore(peer: WrittenPeer): boolean {
  return peer.filters !== undefined || peer.sourceAddress !== undefined || peer.allowedLocalAs !== undefined;
}

/** Each list is read, and complained of, once. */
const lists = new WeakMap<Reading, Map<Given, Scoped[]>>();

function listOf(reading: Reading, given: Given | undefined): readonly Scoped[] {
  if (given === undefined || given.value === null) return [];
  const known = lists.get(reading) ?? new Map<Given, Scoped[]>();
  lists.set(reading, known);
  const before = known.get(given);
  if (before !== undefined) return before;
  const plain = reading.known('peers', given, new Map());
  const entries = plain === undefined ? [] : Array.isArray(plain.value) ? plain.value : undefined;
  if (entries === undefined) reading.wrong('peers', given.value, given.place, 'a list');
  const read = (entries ?? []).flatMap((entry) => peerOf(reading, entry, given));
  known.set(given, read);
  return read;
}

function once(reading: Reading, given: Given, cls: 'harmful', code: string, message: string, hint: string): void {
  if (reading.findings.some((f) => f.code === code && f.at === given.place)) return;
  reading.say(given.place, cls, code, message, hint, PEERS);
}

function peerOf(reading: Reading, entry: unknown, { place }: Given): Scoped[] {
  const map = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
  const as = Number(map.as);
  if (typeof map.router_id !== 'string' || !Number.isSafeInteger(as) || as < 1) {
    reading.say(
      place,
      'refused',
      'bad-peer',
      `a peer has no router_id or no AS: ${show(entry)}`,
      'It is dropped.',
      PEERS,
    );
    return [];
  }
  const { scope } = map;
  if (scope !== undefined && scope !== 'global' && scope !== 'node') {
    const message = `the peer ${show(map.router_id)} has the scope ${show(scope)}, and kubespray knows global and node`;
    reading.say(place, 'harmful', 'bad-peer', message, 'It is dropped, as kubespray drops it.', PEERS);
    return [];
  }
  const more: Omit<WrittenPeer, 'address' | 'as' | 'name'> = {
    ...(Array.isArray(map.filters) && map.filters.length > 0 ? { filters: map.filters.map(String) } : {}),
    ...(map.sourceaddress === 'None' ? { sourceAddress: 'none' as const } : {}),
    ...(Number(map.numallowedlocalasnumbers) > 0 ? { allowedLocalAs: Number(map.numallowedlocalasnumbers) } : {}),
  };
  const global = scope === 'global';
  if (global && Object.keys(more).length > 0) {
    reading.say(
      place,
      'harmful',
      'global-peer-options',
      `kubespray gives the global peer ${show(map.router_id)} nothing but AS and address`,
      `${Object.keys(more).join(', ')} dropped.`,
      PEERS,
    );
  }
  return [
    {
      global,
      peer: {
        address: map.router_id,
        as,
        ...(typeof map.name === 'string' || typeof map.name === 'number' ? { name: String(map.name) } : {}),
        ...(global ? {} : more),
      },
    },
  ];
}
