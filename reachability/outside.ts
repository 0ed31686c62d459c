/** Addresses outside of the cluster, one for each part of them that rules tell apart. */
import { type Address, after, contains, formatAddress, keyOf, type Net, parseAddress, parseNet } from './address.ts';
import type { Party, World } from './world/world.ts';

export interface Outside {
  /** `the internet`, or the smallest net of a rule around the part: `192.168.4.0/24`. */
  readonly name: string;
  /** An address of that part. */
  readonly address: string;
  readonly party: Party;
  /** Named by a rule, as the node-local DNS cache is; nothing comes from there but from the node itself. */
  readonly linkLocal: boolean;
}

/** What no packet from elsewhere comes from: this network, loopback, multicast. */
const nowhere = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/8', 'ff00::/8'].map(netOf);

const local = ['169.254.0.0/16', 'fe80::/10'].map(netOf);

/** Of the documentation's nets, which nobody has (RFC 5737, RFC 3849). */
const likely = ['203.0.113.7', '198.51.100.7', '2001:db8::7'].map((text) => parseAddress(text) as Address);

/**
 * Every part that the nets of rules and network sets cut the addresses into, without the cluster's own: those of `pools`, of pods (with
 * the /24 or /112 around them where no pool is known), nodes and services. IPv6 only where the world has it.
 * @param cuts further nets to tell apart
 */
export function outsideOf(world: World, pools: readonly Net[] = [], cuts: readonly Net[] = []): Outside[] {
  const { endpoints, nodes, networkSets } = world.parts;
  const pods = endpoints.flatMap(({ addresses }) => addresses);
  const taken = new Set(
    [...pods, ...[...nodes.values()].flat(), ...[...world.services.values()].flatMap((s) => s.clusterIps)].map(keyOf),
  );
  const own = pools.length > 0 ? pools : unique(pods.map(around));
  const nets = unique([...netsOfRules(world), ...networkSets.flatMap((set) => set.nets), ...cuts]);
  const families = new Set([4, ...pods.map(({ family }) => family)]);
  const starts = [...likely, ...[...nets, ...own, ...nowhere].flatMap((net) => [net, after(net) ?? []].flat())];
  const parts = new Map<string, Outside>();
  for (const start of starts) {
    if (!families.has(start.family) || [...own, ...nowhere].some((net) => contains(net, start))) continue;
    const inside = nets.filter((net) => contains(net, start));
    const linkLocal = local.some((net) => contains(net, start));
    if (linkLocal && !inside.some((net) => local.some((of) => contains(of, net)))) continue;
    const key = `${start.family} ${inside.map(textOf).join(' ')}`;
    if (parts.has(key)) continue;
    const address = freeIn(start, inside, nets, taken);
    if (address === undefined) continue;
    const smallest = inside.reduce<Net | undefined>(
      (a, b) => (a === undefined || b.prefix > a.prefix ? b : a),
      undefined,
    );
    const everything = families.size > 1 ? `the internet (IPv${start.family})` : 'the internet';
    const name = smallest === undefined || smallest.prefix === 0 ? everything : textOf(smallest);
    parts.set(key, {
      name,
      address: formatAddress(address),
      party: { places: [world.universe.placeOf(address)] },
      linkLocal,
    });
  }
  return [...parts.values()];
}

/** The first address from `start` that nobody of the cluster has, as long as the same nets are around it. */
function freeIn(
  start: Address,
  inside: readonly Net[],
  nets: readonly Net[],
  taken: ReadonlySet<string>,
): Address | undefined {
  let address: Address | undefined = start;
  for (let tries = 0; tries < 256 && address !== undefined; tries++) {
    const now = nets.filter((net) => contains(net, address as Address));
    if (now.length !== inside.length || now.some((net, i) => net !== inside[i])) return undefined;
    if (!taken.has(keyOf(address))) return address;
    address = after({ ...address, prefix: address.family === 4 ? 32 : 128 });
  }
  return undefined;
}

export function netsOfRules({ parts }: Pick<World, 'parts'>): Net[] {
  return parts.policies
    .flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress])
    .flatMap(({ source, destination }) => [source, destination])
    .flatMap(({ nets, notNets }) => [...nets, ...notNets]);
}

function around(address: Address): Net {
  return netOf(`${formatAddress(address)}/${address.family === 4 ? 24 : 112}`);
}

function netOf(text: string): Net {
  return parseNet(text) as Net;
}

function unique(nets: readonly Net[]): Net[] {
  return [...new Map(nets.map((net) => [textOf(net), net])).values()];
}

function textOf(net: Net): string {
  return `${formatAddress(net)}/${net.prefix}`;
}
