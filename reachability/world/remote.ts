/**
 * As whom a node speaks to pods on other nodes: by its own address, or, through a tunnel, by the tunnel's, which is of the pods' range
 * (felix/rules/static.go StaticNATPostroutingChains: what goes out of a tunnel with another address of the host gets the tunnel's).
 */
import { type Address, contains } from '../address.ts';
import { poolAround, type TunnelMode, tunnelOf } from './pools.ts';
import type { Parts } from './read.ts';
import type { Place, Universe } from './universe.ts';

/** Of one node: the addresses of its tunnels, and the subnets that it is in. */
export interface Addresses {
  readonly ipip: readonly Address[];
  readonly vxlan: readonly Address[];
  readonly wireguard: readonly Address[];
  readonly subnets: readonly (Address & { readonly prefix: number })[];
}

/**
 * The places that the packet may come from, one of them or both; undefined where the world has no pool around the destination, and the node's
 * own address has to do.
 * @param to the node of the pod, '' where it is unknown
 */
export function sourcesOf(
  parts: Parts,
  universe: Universe,
  node: string,
  own: Place,
  dst: Place,
  to: string,
): Place[] | undefined {
  const at = dst.address ?? dst.within?.[0];
  const pool = at && poolAround(parts.pools, at);
  if (at === undefined || pool === undefined) return undefined;
  const of = parts.addresses.get(node);
  const tunnel = parts.wireguard.includes(at.family)
    ? ({ kind: 'wireguard', mode: 'always' } as const)
    : tunnelOf(pool);
  if (tunnel === undefined) return undefined;
  const through = tunnelEnd(universe, parts, of?.[tunnel.kind] ?? [], at.family);
  if (through === undefined) return undefined;
  const needed = neededFor(tunnel.mode, of, parts.addresses.get(to), at.family);
  if (needed === undefined) return [own, through];
  return needed ? [through] : [own];
}

/** The tunnel's address; where nobody knows it yet, one of the pools. */
function tunnelEnd(universe: Universe, parts: Parts, known: readonly Address[], family: 4 | 6): Place | undefined {
  const address = known.find((one) => one.family === family);
  if (address !== undefined) return universe.placeOf(address);
  const nets = parts.pools.filter(({ net, tunnels }) => tunnels && net.family === family).map(({ net }) => net);
  return nets.length === 0 ? undefined : universe.placeWithin(nets);
}

/** Undefined where the world does not say whether both nodes are in one subnet. */
function neededFor(
  mode: TunnelMode,
  from: Addresses | undefined,
  to: Addresses | undefined,
  family: 4 | 6,
): boolean | undefined {
  if (mode !== 'cross-subnet') return mode === 'always';
  const near = from?.subnets.find((net) => net.family === family);
  const far = to?.subnets.find((net) => net.family === family);
  return near === undefined || far === undefined ? undefined : !contains(near, far);
}
