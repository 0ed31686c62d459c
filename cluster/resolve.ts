import { expectationOf } from './expect.ts';
import { calicoIpam, ebpf, hostLocalIpam, iptables } from './schema/dataplane.ts';
import { dashboard, prometheus } from './schema/monitoring.ts';
import { choiceIn, outsideIn } from './schema/verify.ts';
import type { Written } from './schema.ts';
import type {
  BgpPeer,
  BgpTopology,
  Calico,
  Cluster,
  ClusterNetwork,
  Dataplane,
  Encapsulation,
  Felix,
  Image,
  Ipam,
  Ipv6,
  ManifestObject,
  Migrate,
  Monitoring,
  Node,
  Policies,
  Ssh,
  Verify,
} from './types.ts';
import { workloadOf } from './workloads.ts';

/** The written cluster with the defaults that look across fields, deeply frozen. */
export function resolve(written: Written, manifests: readonly ManifestObject[]): Cluster {
  // Without an order there is one such node at the most: consistency.ts sees to it.
  const order = written.kubespray.order ?? Object.keys(written.nodes).filter((name) => isMember(written.nodes[name]));
  const nodes = inOrder(Object.entries(written.nodes), order).map(
    ([name, node]): Node =>
      present({
        name,
        address: node.address,
        address6: node.address6,
        roles: [...new Set(node.roles)],
        labels: node.labels,
        taints: node.taints,
        os: node.os,
        etcdMember: node.roles.includes('etcd') ? (node.etcdMember ?? name) : undefined,
        bgp: present({ as: node.bgp.as, peers: node.bgp.peers.map(peerOf) }),
        ssh: sshOf({ ...written.ssh, ...node.ssh }),
      }),
  );
  const { kubespray } = written;
  const { git, path } = kubespray.source;
  return deepFreeze(
    present({
      apiVersion: written.apiVersion,
      name: written.name,
      kubespray: {
        version: kubespray.version,
        source: path === undefined ? { git: git as string } : { path },
        controller: kubespray.controller ?? nodes.find((n) => n.roles.includes('control-plane'))?.name ?? '',
        order,
        runs: kubespray.runs,
        removeDead: [...new Set(kubespray.removeDead)],
        extraVariables: kubespray.extraVariables,
      },
      kubernetes: present(written.kubernetes),
      nodes,
      network: networkOf(written.network),
      calico: calicoOf(written.calico),
      felix: felixOf(written),
      policies: policiesOf(written, manifests),
      workloads: written.workloads.map(workloadOf),
      expect: written.expect.map(expectationOf),
      monitoring: monitoringOf(written.monitoring),
      verify: verifyOf(written.verify),
      migrate: migrateOf(written.migrate),
    }),
  );
}

function isMember(node: Written['nodes'][string] | undefined): boolean {
  return node?.roles.some((role) => role === 'control-plane' || role === 'etcd') ?? false;
}

/**
 * The engine hands a stack's configuration over with sorted keys, so the order of the nodes in the file is not to be had
 * in a program: the same file must give the same cluster here and there.
 */
function inOrder<T>(nodes: readonly [string, T][], order: readonly string[]): [string, T][] {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...nodes].sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
}

function sshOf({ jump, ...ssh }: Written['ssh']): Ssh {
  const user = ssh.user ?? 'root';
  return present({
    ...ssh,
    user,
    port: ssh.port ?? 22,
    agent: ssh.agent ?? ssh.key === undefined,
    become: ssh.become ?? user !== 'root',
    jump: jump && present({ ...jump, user: jump.user ?? user }),
  });
}

function migrateOf(written: Written['migrate']): Migrate | undefined {
  const from = written?.encapsulation?.from;
  return from === undefined ? undefined : { encapsulation: { from: encapsulationOf(from) } };
}

type WrittenNetwork = Written['network'];

function networkOf(network: WrittenNetwork): ClusterNetwork {
  const { pool, pods, bgp, ipv6 } = network;
  const encapsulation = encapsulationOf(network.encapsulation);
  return present({
    ...network,
    pool: { ...pool, cidr: pool.cidr ?? pods },
    furtherPools: network.furtherPools.map((further) => ({
      ...further,
      encapsulation: poolEncapsulationOf(further.encapsulation, encapsulation),
    })),
    encapsulation,
    bgp: { ...bgp, topology: bgp.topology satisfies BgpTopology, peers: bgp.peers.map(peerOf) },
    dataplane: dataplaneOf(network.dataplane),
    ipam: ipamOf(network.ipam),
    ipv6: ipv6 && ipv6Of(ipv6),
  });
}

function peerOf(peer: WrittenNetwork['bgp']['peers'][number]): BgpPeer {
  return present(peer);
}

function encapsulationOf(written: WrittenNetwork['encapsulation']): Encapsulation {
  if (written === 'none') return { kind: 'none' };
  if ('ipip' in written) return { kind: 'ipip', mode: written.ipip };
  return { kind: 'vxlan', mode: written.vxlan, vni: written.vni, port: written.port };
}

/** VNI and port are Felix's: those of the cluster, which has the same tunnel. */
function poolEncapsulationOf(
  written: WrittenNetwork['furtherPools'][number]['encapsulation'],
  cluster: Encapsulation,
): Encapsulation {
  if (written === undefined) return cluster;
  if (written === 'none') return { kind: 'none' };
  if ('ipip' in written) return { kind: 'ipip', mode: written.ipip };
  const { vni, port } = cluster.kind === 'vxlan' ? cluster : { vni: 4096, port: 4789 };
  return { kind: 'vxlan', mode: written.vxlan, vni, port };
}

function ipv6Of({ pool, encapsulation, ...ipv6 }: NonNullable<WrittenNetwork['ipv6']>): Ipv6 {
  return {
    ...ipv6,
    pool: { ...pool, cidr: pool.cidr ?? ipv6.pods },
    encapsulation: encapsulation === 'none' ? { kind: 'none' } : { kind: 'vxlan', mode: encapsulation.vxlan },
  };
}

/** A kind by its name alone has every option's default. */
function dataplaneOf(written: WrittenNetwork['dataplane']): Dataplane {
  if (written === 'nftables') return { kind: 'nftables' };
  if (written === 'iptables') return { kind: 'iptables', ...iptables.parse({}) };
  if (written === 'ebpf') return { kind: 'ebpf', ...ebpf.parse({}) };
  return 'iptables' in written ? { kind: 'iptables', ...written.iptables } : { kind: 'ebpf', ...written.ebpf };
}

function ipamOf(written: WrittenNetwork['ipam']): Ipam {
  if (written === 'calico') return { kind: 'calico', ...calicoIpam.parse({}) };
  if (written === 'host-local') return { kind: 'host-local', ...hostLocalIpam.parse({}) };
  return 'calico' in written ? { kind: 'calico', ...written.calico } : { kind: 'host-local', ...written['host-local'] };
}

function calicoOf({ images, ...calico }: Written['calico']): Calico {
  const named = Object.entries(images).flatMap(([part, image]): [string, Image][] =>
    image === undefined || Object.keys(image).length === 0 ? [] : [[part, present(image)]],
  );
  return present({ ...calico, images: Object.fromEntries(named) });
}

function policiesOf({ policies, network }: Written, manifests: readonly ManifestObject[]): Policies {
  const { allowClusterInternal: internal, extra, ...said } = policies;
  const rest = {
    ...said,
    extra: extra.map(({ metadata, ...object }) => ({ ...object, metadata: present(metadata) })),
    manifests,
  };
  if (internal === undefined) return rest;
  return {
    ...rest,
    allowClusterInternal: {
      order: internal.order,
      nets: internal.nets ?? rangesOf(network),
      except: internal.except ?? [...new Set([...policies.defaultDenyIngress, ...policies.isolate])],
    },
  };
}

/** kubespray names the node's address to calico-node only where it also finds that address its own way (calico-node.yml.j2:304-314). */
function felixOf({ felix, network }: Written): Felix {
  const address = felix.metrics.address ?? (network.autodetection === 'auto' ? 'node' : 'any');
  return present({ ...felix, metrics: { ...felix.metrics, address } });
}

/** `prometheus` by itself has every option's default. */
function monitoringOf(written: Written['monitoring']): Monitoring {
  if (written === 'none') return { kind: 'none' };
  const { dashboard: wanted, ...given } = written === 'prometheus' ? prometheus.parse({}) : written;
  if (wanted === false) return { kind: 'prometheus', ...given };
  return { kind: 'prometheus', ...given, dashboard: wanted === true ? dashboard.parse({}) : wanted };
}

/** Words that are none were found when the shape was looked at. */
function verifyOf({ outside, optional, ...verify }: Written['verify']): Verify {
  return present({
    ...verify,
    outside: outside.flatMap((word) => outsideIn(word) ?? []),
    optional: optional.flatMap((word) => choiceIn(word) ?? []),
  });
}

/** Of pods and nodes; those of IPv4 first. */
function rangesOf({ pods, nodes, ipv6 }: WrittenNetwork): string[] {
  return [pods, nodes, ...(ipv6 === undefined ? [] : [ipv6.pods, ipv6.nodes])];
}

/** The value without the keys that are there and undefined, as zod leaves optional ones. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Present<T>;
}

type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];
type Present<T> = Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> };

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
