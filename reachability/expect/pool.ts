/** The addresses that pods are given: pools, the parts of them that rules tell apart, and which address is free. */
import {
  type Address,
  after,
  contains,
  type Family,
  formatAddress,
  keyOf,
  type Net,
  parseAddress,
  parseNet,
} from '../address.ts';
import { fields, list, type Resource, text, texts } from '../raw.ts';

export interface Pool {
  readonly net: Net;
  /** Packets between nodes are wrapped, and what a node itself sends has a tunnel's address, out of the pool. */
  readonly tunnels: boolean;
  readonly pods: boolean;
}

/** Those of the world; where it has none, the /24 or /112 around each pod that has an address. */
export function poolsOf(resources: readonly Resource[]): Pool[] {
  const pools = resources
    .filter(({ kind }) => kind === 'IPPool')
    .flatMap(({ spec }): Pool[] => {
      const { cidr, disabled, ipipMode, vxlanMode, allowedUses } = fields(spec);
      const net = parseNet(text(cidr));
      if (net === undefined || disabled === true) return [];
      const wraps = [ipipMode, vxlanMode].some((mode) => text(mode) !== '' && mode !== 'Never');
      const uses = texts(allowedUses);
      const takes = (use: string) => uses.length === 0 || uses.includes(use);
      return [{ net, tunnels: wraps && takes('Tunnel'), pods: takes('Workload') }];
    });
  if (pools.length > 0) return pools;
  const nets = resources
    .filter(({ kind }) => kind === 'Pod')
    .flatMap((pod) => addressesOf(pod))
    .map((address) => `${formatAddress(address)}/${address.family === 4 ? 24 : 112}`)
    .map((net) => parseNet(net) as Net);
  return [...new Map(nets.map((net) => [netText(net), net])).values()].map((net) => ({
    net,
    tunnels: false,
    pods: true,
  }));
}

function addressesOf({ spec, status }: Resource): Address[] {
  if (fields(spec).hostNetwork === true) return [];
  const { podIP, podIPs } = fields(status);
  return [podIP, ...list(podIPs).map((entry) => fields(entry).ip)].flatMap((ip) => parseAddress(text(ip)) ?? []);
}

export function netText(net: Net): string {
  return `${formatAddress(net)}/${net.prefix}`;
}

/** One address of each part that `cuts` divide the net into, of those that are not `taken`; a part that is all taken is left out. */
export function partsOf(net: Net, cuts: readonly Net[], taken: ReadonlySet<string>): Address[] {
  const within = cuts.filter((cut) => cut.prefix > net.prefix && contains(net, cut));
  const starts = [net, ...within, ...within.flatMap((cut) => after(cut) ?? [])].filter((at) => contains(net, at));
  const byPart = new Map<string, Address>();
  for (const { family, words } of starts) {
    const start = { family, words };
    const part = innermost(start, within);
    if (byPart.has(part)) continue;
    // Several stretches may be one part; the first with a free address is taken for it.
    const free = freeFrom(start, (at) => contains(net, at) && innermost(at, within) === part, taken);
    if (free !== undefined) byPart.set(part, free);
  }
  return [...byPart.values()];
}

/** No cut has the one and not the other. */
export function samePart(a: Address, b: Address, cuts: readonly Net[]): boolean {
  return cuts.every((cut) => contains(cut, a) === contains(cut, b));
}

/** The smallest of the nets that the address is in: nets do not overlap but by containing each other. */
function innermost(address: Address, nets: readonly Net[]): string {
  let smallest: Net | undefined;
  for (const net of nets) {
    if (contains(net, address) && (smallest === undefined || net.prefix > smallest.prefix)) smallest = net;
  }
  return smallest === undefined ? '' : netText(smallest);
}

function freeFrom(
  start: Address,
  belongs: (address: Address) => boolean,
  taken: ReadonlySet<string>,
): Address | undefined {
  let address: Address | undefined = start;
  for (let tries = 0; tries <= taken.size && address !== undefined && belongs(address); tries++) {
    if (!taken.has(keyOf(address))) return address;
    address = next(address);
  }
  return undefined;
}

/** Gives each pod that has no address one of each family of the pools, no two the same. */
export class Addresses {
  private readonly cursors = new Map<Pool, Address | undefined>();
  private readonly pools: readonly Pool[];
  private readonly taken: Set<string>;

  constructor(pools: readonly Pool[], taken: Iterable<string>) {
    this.pools = pools.filter(({ pods }) => pods);
    this.taken = new Set(taken);
    for (const pool of this.pools) this.cursors.set(pool, next(pool.net));
  }

  get families(): Family[] {
    return [...new Set(this.pools.map(({ net }) => net.family))].sort();
  }

  /** IPv4 first. Of a family whose pools are all used up there is none. */
  draw(): Address[] {
    return this.families.flatMap((family) => this.drawOf(family) ?? []);
  }

  private drawOf(family: Family): Address | undefined {
    for (const pool of this.pools) {
      if (pool.net.family !== family) continue;
      let address = this.cursors.get(pool);
      while (address !== undefined && contains(pool.net, address) && this.taken.has(keyOf(address)))
        address = next(address);
      this.cursors.set(pool, address);
      if (address === undefined || !contains(pool.net, address)) continue;
      this.taken.add(keyOf(address));
      return address;
    }
    return undefined;
  }
}

function next(address: Address): Address | undefined {
  return after({ ...address, prefix: address.family === 4 ? 32 : 128 });
}
