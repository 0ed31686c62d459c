/** What nodes and API may say: a healthy cluster as its declaration makes it, and what else may be the case. */
import { type Cluster, deriveMtu, deriveNetwork, policyObjects } from '../../../cluster/index.ts';
import type { ApiSeen, Block, Gathered, NodeSeen } from '../../../kubespray/status/index.ts';
import { liveAs } from '../../kubespray/support/live.ts';

type Value<T> = Extract<T, { value: unknown }> extends { readonly value: infer V } ? V : never;

/** Calico's BIRD 1.6 as `show protocols all` has a session, filtered as the probe does. */
export function session(peer: string, info = 'Established', error?: string): string[] {
  const state = info === 'Established' ? 'up   ' : 'start';
  return [
    `Mesh_${peer.replaceAll('.', '_')} BGP      master   ${state}  10:00:01    ${info}`,
    `    Neighbor address: ${peer}`,
    ...(error === undefined ? [] : [`    Last error:       ${error}`]),
  ];
}

export function healthy(cluster: Cluster): Gathered {
  const live = liveAs(cluster, { recorded: true });
  const { devices, mtu } = deriveMtu(cluster);
  const bird = deriveNetwork(cluster).backend === 'bird';
  const tunnels = devices.filter(({ name }) => name !== 'eth0').map((device) => [device.name, device.mtu]);
  const node = (name: string): NodeSeen => ({
    interface: { name: 'ens18', mtu: cluster.network.interfaceMtu },
    tunnels: Object.fromEntries(tunnels),
    pods: { [mtu]: 12 },
    bird: bird
      ? [
          {
            family: 4,
            problem: null,
            lines: cluster.nodes.flatMap((other) => (other.name === name ? [] : session(other.address))),
          },
        ]
      : [],
  });
  const pools = live.calico.pools ?? [];
  const first = String(pools[0]?.spec.cidr).replace(/\.\d+\/\d+$/, '');
  const blocks = cluster.nodes.map(
    ({ name }, i): Block => ({ cidr: `${first}.${64 * (i % 4)}/26`, node: name, inUse: 13, borrowed: 0 }),
  );
  return {
    nodes: Object.fromEntries(cluster.nodes.map(({ name }) => [name, { value: node(name) }])),
    api: {
      value: {
        kubernetes: { value: live.kubernetes ?? '' },
        nodes: { value: live.nodes },
        calico: { value: live.calico.version ?? '' },
        pools: { value: pools },
        blocks: { value: blocks },
        policies: { value: policyObjects(cluster) },
      },
    },
    live: { value: live },
    runs: {
      value: [
        { run: '0001-build-11111111', state: 'succeeded', since: '2026-04-24T10:00:00Z', seconds: 1205 },
        { run: '0002-calico-22222222', state: 'succeeded', since: '2026-04-25T11:00:00Z', seconds: 312.4 },
      ],
    },
    steps: { value: 0 },
    lab: false,
  };
}

/** The same with one node, or the API, otherwise. */
export function withNode(all: Gathered, name: string, change: Partial<NodeSeen>): Gathered {
  const node = all.nodes[name];
  if (node === undefined || 'unknown' in node) throw new Error(`${name} is not there to be changed`);
  return { ...all, nodes: { ...all.nodes, [name]: { value: { ...node.value, ...change } } } };
}

export function withApi(all: Gathered, change: Partial<ApiSeen>): Gathered {
  return { ...all, api: { value: { ...given(all.api), ...change } } };
}

export function withLive(all: Gathered, change: Partial<Value<Gathered['live']>>): Gathered {
  return { ...all, live: { value: { ...given(all.live), ...change } } };
}

export function given<T>(known: { readonly value: T } | { readonly unknown: string }): T {
  if ('unknown' in known) throw new Error(known.unknown);
  return known.value;
}
