/** The parts of a Status that are one matter each: what is there, without judging it. */
import { type Cluster, deriveMtu, deriveNetwork } from '../../cluster/index.ts';
import type { Live, LiveNode, LiveObject } from '../live/index.ts';
import { sessionsOf } from './bird.ts';
import { either, notKnown, of } from './known.ts';
import type {
  BgpStatus,
  BirdSeen,
  Gathered,
  Known,
  MtuStatus,
  NodeSeen,
  NodeStatus,
  Session,
  Status,
} from './types.ts';

/** Something of the live cluster as it was read over SSH. */
export function ofLive<T>({ live }: Gathered, part: (live: Live) => Known<T>): Known<T> {
  return of(live, (value) => {
    if (value.cluster === 'none') return notKnown(NO_CLUSTER);
    if (value.cluster === 'down')
      return notKnown(`the API there does not answer: ${value.problem ?? 'it says nothing'}`);
    return part(value);
  });
}

/** The nodes as the API has them: by the kubeconfig, else over SSH. */
export function liveNodes(asked: Gathered): Known<readonly LiveNode[]> {
  return either(
    of(asked.api, ({ nodes }) => nodes),
    ofLive(asked, ({ nodes }) => ({ value: nodes })),
  );
}

export function nodeStatuses(cluster: Cluster, asked: Gathered): NodeStatus[] {
  const live = liveNodes(asked);
  const found = (name: string): Known<LiveNode | undefined> =>
    of(live, (nodes) => ({ value: nodes.find((node) => node.name === name) }));
  const declared = new Set(cluster.nodes.map(({ name }) => name));
  const strangers = 'unknown' in live ? [] : live.value.filter(({ name }) => !declared.has(name));
  return [
    ...cluster.nodes.map(({ name, address, roles }): NodeStatus => {
      const seen = asked.nodes[name] ?? notKnown('it was not asked');
      return {
        name,
        address,
        roles,
        declared: true,
        ...known(found(name)),
        // A host of etcd alone is no node of Kubernetes.
        ...(roles.every((role) => role === 'etcd') ? { state: { value: 'outside' } } : {}),
        ssh: 'unknown' in seen ? seen : { value: true },
      };
    }),
    ...strangers.map((node) => ({
      name: node.name,
      address: node.addresses[0] ?? '',
      roles: [],
      declared: false,
      ...known({ value: node }),
      ssh: notKnown('the stack does not name it'),
    })),
  ];
}

function known(node: Known<LiveNode | undefined>): Pick<NodeStatus, 'state' | 'kubelet'> {
  return {
    state: of(node, (one) => ({ value: one === undefined ? 'absent' : one.ready ? 'ready' : 'not ready' })),
    kubelet: of(node, (one) =>
      one === undefined || one.kubelet === '' ? notKnown('the API does not say') : { value: one.kubelet },
    ),
  };
}

export function versionsOf(cluster: Cluster, asked: Gathered): Status['versions'] {
  const fromSsh = ofLive(asked, ({ kubernetes }) =>
    kubernetes === null ? notKnown('the API server does not say') : { value: kubernetes },
  );
  const image = ofLive(asked, ({ calico }) =>
    calico.version === null ? notKnown('there is no DaemonSet calico-node') : { value: calico.version },
  );
  return {
    kubespray: cluster.kubespray.version,
    kubernetes: either(
      of(asked.api, ({ kubernetes }) => kubernetes),
      fromSsh,
    ),
    calico: either(
      image,
      of(asked.api, ({ calico }) => calico),
    ),
    calicoNode: asked.lab
      ? notKnown('the lab runs none')
      : ofLive(asked, ({ calico: { desired, ready, notReady } }) =>
          desired === null ? notKnown(NO_CALICO_NODE) : { value: { desired, ready: ready ?? 0, notReady } },
        ),
  };
}

export const NO_CLUSTER = 'no cluster is on the first control-plane node';
export const NO_CALICO_NODE = 'there is no DaemonSet calico-node in kube-system';

/** Calico's pools: by the kubeconfig, else over SSH. */
export function livePools(asked: Gathered): Known<readonly LiveObject[]> {
  return either(
    of(asked.api, ({ pools }) => pools),
    ofLive(asked, ({ calico: { pools } }) =>
      pools === null ? notKnown('its pools could not be read there') : { value: pools },
    ),
  );
}

export function networkOf(cluster: Cluster, pools: Known<readonly LiveObject[]>): Status['network'] {
  const { network } = cluster;
  const { kind } = network.encapsulation;
  return {
    encapsulation: of(pools, (all) => {
      const pool = all.find(({ name }) => name === network.pool.name);
      if (pool === undefined) return notKnown(`there is no pool ${network.pool.name}`);
      const { ipipMode, vxlanMode } = pool.spec;
      return { value: words(mode(ipipMode), mode(vxlanMode)) };
    }),
    declared: kind === 'none' ? 'none' : `${kind === 'ipip' ? 'IP-in-IP' : 'VXLAN'} ${network.encapsulation.mode}`,
    wireguard: network.wireguard,
  };
}

function mode(of: unknown): string | undefined {
  if (of === 'Always') return 'always';
  return of === 'CrossSubnet' ? 'cross-subnet' : undefined;
}

function words(ipip: string | undefined, vxlan: string | undefined): string {
  if (ipip !== undefined) return `IP-in-IP ${ipip}`;
  return vxlan === undefined ? 'none' : `VXLAN ${vxlan}`;
}

/** Of the nodes that answer. */
export function mtuStatus(cluster: Cluster, seen: ReadonlyMap<string, NodeSeen>): MtuStatus {
  const pods: Record<string, number> = {};
  const devices: Record<string, Record<string, string[]>> = {};
  for (const [name, node] of seen) {
    for (const [mtu, count] of Object.entries(node.pods)) pods[mtu] = (pods[mtu] ?? 0) + count;
    const own = node.interface === null ? [] : [['interface', node.interface.mtu] as const];
    for (const [device, mtu] of [...own, ...Object.entries(node.tunnels)]) {
      devices[device] ??= {};
      devices[device][mtu] ??= [];
      devices[device][mtu].push(name);
    }
  }
  return { declared: { pods: deriveMtu(cluster).mtu, interfaces: cluster.network.interfaceMtu }, pods, devices };
}

/** Of the nodes that answer; `none` where no BGP is meant to run, and none does. */
export function bgpStatus(
  cluster: Cluster,
  seen: ReadonlyMap<string, NodeSeen>,
  joined: ReadonlySet<string>,
): BgpStatus | 'none' {
  const sessions = [...seen].flatMap(([node, { bird }]) =>
    sessionsOfNode(bird).map((session) => ({ node, ...session })),
  );
  const meant = deriveNetwork(cluster).backend === 'bird';
  if (!meant && [...seen.values()].every(({ bird }) => bird.length === 0)) return 'none';
  const established = sessions.filter((session) => session.established).length;
  const meshed = meant && cluster.network.bgp.topology === 'full-mesh';
  const members = cluster.nodes.filter(({ name }) => joined.has(name)).length;
  const more = meshed ? { expected: members * (members - 1) * families(cluster) } : {};
  return { ...more, established, sessions };
}

/** A mesh of each family that has addresses of nodes. */
function families(cluster: Cluster): number {
  return cluster.network.ipv6 === undefined ? 1 : 2;
}

function sessionsOfNode(bird: readonly BirdSeen[]): Session[] {
  return bird.flatMap(sessionsOf);
}
