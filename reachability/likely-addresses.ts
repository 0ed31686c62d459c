/** Addresses for pods that have none yet, where it is all the same to every rule which of a pool they will get. */
import { type Address, after, contains, formatAddress, keyOf, type Net, parseNet } from './address.ts';
import { netsOfRules } from './outside.ts';
import { fields, list, type Resource, text } from './raw.ts';
import type { World } from './world/world.ts';

/**
 * The resources with an address of the pools for each pod that waits for one, of each family that has a pool. Where a net of a rule or of a
 * network set takes some addresses of the pools and leaves others, pods of that family stay without: what depends on it is told so.
 */
export function withLikelyAddresses(resources: readonly Resource[], world: World): readonly Resource[] {
  const waiting = resources.filter(waits);
  if (waiting.length === 0) return resources;
  const nets = [...netsOfRules(world), ...world.parts.networkSets.flatMap((set) => set.nets)];
  const pools = resources.filter(({ kind }) => kind === 'IPPool').flatMap(netOf);
  const taken = new Set(world.parts.endpoints.flatMap(({ addresses }) => addresses).map(keyOf));
  const chosen = ([4, 6] as const).flatMap((family) => {
    const mine = pools.filter((pool) => pool.family === family);
    const [first] = mine;
    return first !== undefined && alike(mine, nets) ? [freeOf(first, taken)] : [];
  });
  if (chosen.length === 0) return resources;
  const given = new Map<Resource, Resource>();
  for (const pod of waiting) {
    const podIPs = chosen.flatMap((next) => next() ?? []).map((address) => ({ ip: formatAddress(address) }));
    if (podIPs.length > 0) given.set(pod, { ...pod, status: { ...fields(pod.status), podIPs } });
  }
  return resources.map((one) => given.get(one) ?? one);
}

function waits({ kind, spec, status, metadata }: Resource): boolean {
  if (kind !== 'Pod' || fields(spec).hostNetwork === true) return false;
  const { podIP, podIPs, phase } = fields(status);
  const annotated = Object.keys(metadata.annotations ?? {}).some((key) =>
    /^cni\.projectcalico\.org\/podIPs?$/.test(key),
  );
  const over = ['Failed', 'Succeeded', 'Completed'].includes(text(phase));
  return !over && !annotated && text(podIP) === '' && list(podIPs).length === 0;
}

/** Those that pods get addresses from. */
function netOf({ spec }: Resource): Net[] {
  const { cidr, disabled, allowedUses } = fields(spec);
  const forPods = list(allowedUses).length === 0 || list(allowedUses).includes('Workload');
  const net = forPods && disabled !== true ? parseNet(text(cidr)) : undefined;
  return net === undefined ? [] : [net];
}

/** Whether every net holds all addresses of all pools, or none. */
function alike(pools: readonly Net[], nets: readonly Net[]): boolean {
  return nets.every((net) => {
    const holds = pools.map((pool) => net.prefix <= pool.prefix && contains(net, pool));
    return holds.every(Boolean) || pools.every((pool) => !contains(net, pool) && !contains(pool, net));
  });
}

/** The addresses of the pool one after the other, but for the first two and those that are taken. */
function freeOf(pool: Net, taken: ReadonlySet<string>): () => Address | undefined {
  const single = pool.family === 4 ? 32 : 128;
  const next = (address: Address) => after({ ...address, prefix: single });
  let at: Address | undefined = next(pool);
  return () => {
    do at = at && next(at);
    while (at !== undefined && taken.has(keyOf(at)));
    return at !== undefined && contains(pool, at) ? at : undefined;
  };
}
