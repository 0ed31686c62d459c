import { type Cluster, deriveNetwork, parseCluster } from '../../cluster/index.ts';
import { IGNORED, REFUSED } from '../../policies/rules/names/known-variables.ts';
import { constants, fieldOf } from '../fields.ts';
import { renderInventory } from '../index.ts';
import { isDeepEqual } from './equal.ts';
import { retired } from './extra.ts';
import { importInventory } from './index.ts';
import { isSecret } from './secrets.ts';

/** What came of rendering a cluster and importing that again. */
export type Proof =
  | { readonly ok: true; readonly cluster: Cluster }
  /** Fields that are not the same, `network.pool.name`; empty where a value is no cluster at all. */
  | { readonly ok: false; readonly fields: readonly string[] };

/** Whether an import says all that its inventory did: rendered and imported again, it must be the same cluster. */
export function prove(value: unknown): Proof {
  const first = parseCluster(value);
  if (!first.ok) return { ok: false, fields: [] };
  const { cluster } = first;
  const again = importInventory(renderInventory(cluster).files, {
    name: cluster.name,
    kubespray: cluster.kubespray.version,
  });
  const second = parseCluster(again.value);
  if (!second.ok) return { ok: false, fields: [] };
  const fields = differences(carried(cluster), carried(second.cluster));
  return fields.length === 0 ? { ok: true, cluster } : { ok: false, fields };
}

/**
 * A cluster without what an inventory cannot carry; docs/import.md has the same list. A cluster that was imported has none of it.
 */
export function carried(cluster: Cluster): Record<string, unknown> {
  const { kubespray, nodes, network, calico, felix, name, kubernetes } = cluster;
  const { nodes: _range, interfaceMtu: _interface, mtu: _mtu, furtherPools: _pools, ipv6, bgp, dns, ...rest } = network;
  const { version, order, extraVariables } = kubespray;
  return {
    name,
    kubespray: {
      version,
      order,
      extraVariables: Object.fromEntries(
        Object.entries(extraVariables).filter(([key, value]) => isKept(key, value, version)),
      ),
    },
    kubernetes,
    nodes: nodes.map(({ os: _os, roles, ssh, ...node }) => ({
      ...node,
      roles: [...roles].sort(),
      ssh: { user: ssh.user, port: ssh.port },
    })),
    network: {
      ...rest,
      mtu: deriveNetwork(cluster).mtu,
      bgp: { ...bgp, topology: topologyOf(cluster) },
      dns: dns.nodeLocalCache ? dns : { nodeLocalCache: false },
      ...(ipv6 === undefined ? {} : { ipv6: { ...ipv6, nodes: undefined } }),
    },
    calico: { ...calico, apiServer: apiServerOf(cluster) },
    felix,
  };
}

/** Extra variables that an import drops: names that do no good, secrets, and what every inventory says anyway. */
function isKept(name: string, value: unknown, tag: string): boolean {
  const constant = Object.hasOwn(constants, name) && constants[name as keyof typeof constants] === value;
  return (
    retired([...REFUSED, ...IGNORED], name, tag) === undefined &&
    !constant &&
    !isSecret(name, value) &&
    !Object.hasOwn(fieldOf, name)
  );
}

/** Peers switch the mesh off, whether `routers` is written or not. */
function topologyOf({ network, nodes }: Cluster): unknown {
  const { topology, peers } = network.bgp;
  const hasPeers = peers.length > 0 || nodes.some((node) => node.bgp.peers.length > 0);
  return topology === 'full-mesh' && hasPeers ? 'routers' : topology;
}

/** `auto` is what it comes to. */
function apiServerOf(cluster: Cluster): unknown {
  return renderInventory(cluster).variables.calico_apiserver_enabled;
}

/** The fields that are unlike, each named as far as both are maps. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (isDeepEqual(a, b)) return [];
  if (!isMap(a) || !isMap(b)) return [path];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => differences(a[key], b[key], path === '' ? key : `${path}.${key}`));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && (!Array.isArray(value) || value.length > 0);
}
