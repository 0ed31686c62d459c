/** What is wrong, in sentences: of what is known alone. */
import { type Cluster, deriveMtu, deriveNetwork } from '../../cluster/index.ts';
import type { BgpStatus, MtuStatus, NodeSeen, NodeStatus, PoolUse, Status } from './types.ts';

/** From here on a pool is said to run out, as a share of its addresses. */
const NEARLY_FULL = 0.9;

export function wrongWithNodes(nodes: readonly NodeStatus[]): string[] {
  const silent = nodes.flatMap(({ name, declared, ssh }) =>
    declared && 'unknown' in ssh ? [`${name} does not answer over SSH: ${ssh.unknown}`] : [],
  );
  const states = (wanted: string) =>
    names(nodes.filter(({ state }) => 'value' in state && state.value === wanted).map(({ name }) => name));
  const [down, absent] = [states('not ready'), states('absent')];
  return [
    ...(down === '' ? [] : [`not ready: ${down}`]),
    ...(absent === '' ? [] : [`declared, and not in the cluster: ${absent}`]),
    ...silent,
  ];
}

export function wrongWithCalicoNode({ calicoNode }: Status['versions'], lacking: string): string[] {
  // Whatever keeps it from being known, its being away is the one that is a fault.
  if ('unknown' in calicoNode) return calicoNode.unknown === lacking ? [lacking] : [];
  const { desired, ready, notReady } = calicoNode.value;
  if (ready >= desired) return [];
  const where = notReady.length === 0 ? '' : `; not on ${names(notReady)}`;
  return [`calico-node is ready on ${ready} of ${desired} nodes${where}`];
}

/** Pods are as they were when they were made; an interface smaller than declared swallows what the pods send. */
export function wrongWithMtu(cluster: Cluster, seen: ReadonlyMap<string, NodeSeen>, { declared }: MtuStatus): string[] {
  const wrong: string[] = [];
  const others: string[] = [];
  const meant = new Map(deriveMtu(cluster).devices.map((device) => [device.name, device]));
  for (const [name, node] of seen) {
    const own = node.interface;
    if (own === null) wrong.push(`no interface of ${name} carries the address that the stack gives it`);
    else if (own.mtu < declared.interfaces)
      wrong.push(`${own.name} of ${name} has MTU ${own.mtu}, the stack says ${declared.interfaces}`);
    const odd = Object.entries(node.pods).filter(([mtu]) => Number(mtu) !== declared.pods);
    others.push(...odd.map(([mtu, count]) => `${count} on ${name} with ${mtu}`));
    for (const [device, mtu] of Object.entries(node.tunnels)) {
      const wanted = meant.get(device);
      // What Felix finds out by itself follows the interface.
      if (wanted !== undefined && wanted.setBy === 'kubespray' && wanted.mtu !== mtu)
        wrong.push(`${device} of ${name} has MTU ${mtu}, the stack says ${wanted.mtu}`);
    }
  }
  if (others.length > 0)
    wrong.push(`pods of another MTU than the stack's ${declared.pods}, until they are made anew: ${names(others)}`);
  return wrong;
}

export function wrongWithPools(pools: readonly PoolUse[]): string[] {
  return pools.flatMap(({ name, addresses, disabled, use }) => {
    if (disabled || 'unknown' in use || use.value.addresses < NEARLY_FULL * addresses) return [];
    return [
      `${use.value.addresses} of ${addresses} addresses of the pool ${name} are in use: give it another one beside it (network.furtherPools)`,
    ];
  });
}

/** Sessions that are not established, at either end, and in a mesh those that are missing; a BIRD that should run. */
export function wrongWithBgp(
  cluster: Cluster,
  seen: ReadonlyMap<string, NodeSeen>,
  bgp: BgpStatus,
  joined: ReadonlySet<string>,
): string[] {
  const meant = deriveNetwork(cluster).backend === 'bird';
  const without = [...seen]
    .filter(([, { bird }]) => meant && !bird.some(({ family }) => family === 4))
    .map(([name]) => name);
  const nameOf = new Map(
    cluster.nodes.flatMap(({ name, address, address6 }) => [
      [address, name],
      [address6 ?? '', name],
    ]),
  );
  const meshed = meant && cluster.network.bgp.topology === 'full-mesh';
  return [
    ...(without.length === 0 ? [] : [`BIRD does not run on ${names(without)}: nobody is told of the pods there`]),
    ...[...seen].flatMap(([name, { bird }]) =>
      bird.flatMap(({ problem }) => (problem === null ? [] : [`BIRD of ${name} does not answer: ${problem}`])),
    ),
    ...bgp.sessions
      .filter(({ established }) => !established)
      .map(({ node, peer, state }) => `BGP from ${node} to ${nameOf.get(peer) ?? peer} is not established: ${state}`),
    ...(meshed
      ? [...seen]
          .filter(([, { bird }]) => bird.some(({ family, problem }) => family === 4 && problem === null))
          .flatMap(([name]) =>
            cluster.nodes
              .filter((other) => other.name !== name && joined.has(other.name))
              .filter(({ address }) => !bgp.sessions.some(({ node, peer }) => node === name && peer === address))
              .map((other) => `${name} has no BGP session with ${other.name}`),
          )
      : []),
  ];
}

/** Eight at most: a cluster may have hundreds. */
export function names(list: readonly string[]): string {
  return list.length > 8 ? `${list.slice(0, 8).join(', ')} and ${list.length - 8} more` : list.join(', ');
}
