/** What the API of a healthy cluster says. */
import { deriveNetwork } from '../../../../cluster/index.ts';
import type { ApiBlock, ApiEvidence } from '../../../../kubespray/doctor/index.ts';
import { blockOf, inBlock, type Member, tunnels, type World } from './healthy.ts';

export function apiOf(world: World): ApiEvidence {
  const { cluster, members, wanted } = world;
  const { ipipMode, vxlanMode } = deriveNetwork(cluster);
  const tunnel = tunnels[wanted.way];
  const onEach = (name: string) =>
    members.map((node) => ({
      pod: `kube-system/${name}-${node.at}`,
      node: node.name,
      phase: 'Running',
      ready: true,
      restarts: 0,
      why: '',
    }));
  const coreDns = members.slice(0, 2).map((node) => ({
    pod: `kube-system/coredns-${node.at}`,
    node: node.name,
    phase: 'Running',
    ready: true,
    restarts: 0,
    why: '',
  }));
  const all = { desired: members.length, ready: members.length };
  return {
    kubernetes: '1.35.4',
    nodes: members.map(({ name, address, at }) => ({
      name,
      ready: true,
      internal: [address],
      annotations: {
        'projectcalico.org/IPv4Address': `${address}/24`,
        ...(tunnel === undefined ? {} : { [`projectcalico.org/${tunnel.annotation}`]: inBlock(at, 0) }),
        ...(wanted.way === 'wireguard' ? { 'projectcalico.org/WireguardPublicKey': `key-${at}` } : {}),
      },
      labels: { 'kubernetes.io/hostname': name },
    })),
    pods: wanted.lab === true ? coreDns : [...onEach('calico-node'), ...onEach('nodelocaldns'), ...coreDns],
    daemonSets: wanted.lab === true ? {} : { 'kube-system/calico-node': all, 'kube-system/nodelocaldns': all },
    addresses: members.flatMap(({ name }) =>
      (world.pods.get(name) ?? []).map(({ pod, address, app }) => ({
        pod,
        node: name,
        address,
        labels: { [app === 'coredns' ? 'k8s-app' : 'app']: app === 'coredns' ? 'kube-dns' : app },
      })),
    ),
    waiting: [],
    pools: [
      {
        name: cluster.network.pool.name,
        spec: {
          cidr: cluster.network.pool.cidr,
          blockSize: cluster.network.pool.blockSize,
          ipipMode,
          vxlanMode,
          natOutgoing: true,
          nodeSelector: 'all()',
        },
      },
    ],
    felix: [{ name: 'default', spec: {} }],
    bgp: [{ name: 'default', spec: { asNumber: 64512, nodeToNodeMeshEnabled: true } }],
    peers: [],
    blocks: members.map((member) => blockWith(world, member)),
    policies: [],
    namespaces: ['default', 'kube-system', 'production'].map((name) => ({
      name,
      labels: { 'kubernetes.io/metadata.name': name },
    })),
  };
}

function blockWith({ wanted, pods }: World, { name, at }: Member): ApiBlock {
  const tunnel = tunnels[wanted.way];
  const own = tunnel === undefined ? [] : [{ address: inBlock(at, 0), handle: `${tunnel.handle}-${name}`, node: name }];
  const held = (pods.get(name) ?? []).map(({ pod, address }, i) => ({
    address,
    handle: `k8s-pod-network.${at}${i}c0ffee`,
    pod,
    node: name,
  }));
  return { cidr: blockOf(at), node: name, held: [...own, ...held], size: 64 };
}
