/** Pools, BGP sessions and routes: what carries packets from node to node. */
import { modeOf, poolObjects } from '../../../cluster/index.ts';
import type { BgpPeer, Node } from '../../../cluster/types.ts';
import {
  byFamily,
  type Checks,
  counted,
  type Draft,
  type Family,
  familyOf,
  type Ground,
  subjectOf,
} from '../ground.ts';

/** With etcd as Calico’s own datastore the API of Kubernetes has none of its objects. */
export const poolChecks: Checks = ({ cluster, network: derived }) => {
  const { pool, ipv6 } = cluster.network;
  if (cluster.calico.datastore === 'etcd') return [];
  const managed = {
    cidr: pool.cidr,
    blockSize: pool.blockSize,
    ipipMode: derived.ipipMode,
    vxlanMode: derived.vxlanMode,
    natOutgoing: pool.natOutgoing,
  };
  const managed6 = ipv6 && {
    cidr: ipv6.pool.cidr,
    blockSize: ipv6.pool.blockSize,
    vxlanMode: modeOf('vxlan', ipv6.encapsulation),
    natOutgoing: ipv6.pool.natOutgoing,
  };
  return [
    asDeclared(pool.name, managed),
    // kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:261
    ...(managed6 === undefined ? [] : [asDeclared(`${pool.name}-ipv6`, managed6)]),
    ...poolObjects(cluster).map(({ metadata, spec: { natOutgoing, disabled, ...spec } }) =>
      asDeclared(metadata.name, { ...spec, natOutgoing: natOutgoing === true, disabled: disabled === true }),
    ),
  ];
};

interface PoolFields {
  readonly cidr: string;
  readonly blockSize: number;
  readonly ipipMode?: string;
  readonly vxlanMode: string;
  readonly natOutgoing: boolean;
  readonly nodeSelector?: string;
  readonly disabled?: boolean;
}

function asDeclared(name: string, spec: PoolFields): Draft {
  const { cidr, blockSize, ipipMode = 'Never', vxlanMode, natOutgoing } = spec;
  const way =
    ipipMode !== 'Never' ? `IP-in-IP ${ipipMode}` : vxlanMode !== 'Never' ? `VXLAN ${vxlanMode}` : 'no encapsulation';
  return {
    group: 'pool-as-declared',
    subject: name,
    nodes: [],
    sentence: `The pool ${name} is as the stack says.`,
    kind: 'pool',
    with: { name, spec },
    expected: `${cidr} in /${blockSize}, ${way}, ${natOutgoing ? 'NAT' : 'no NAT'}`,
    seconds: 20,
  };
}

/** One check a node and family; where nothing needs BGP, that there is none. */
export const bgpChecks: Checks = (ground) =>
  ground.families.flatMap((family) =>
    ground.nodes.map((node): Draft => {
      const { name } = node;
      const { mesh, peers } = sessionsOf(ground, node, family);
      const number = peers.length + (mesh ? ground.nodes.length - 1 : 0);
      const none = ground.network.backend !== 'bird';
      return {
        group: 'bgp-sessions',
        subject: subjectOf(name, family),
        nodes: [name],
        sentence: none
          ? `${name} runs no BGP${byFamily(family)}, as VXLAN needs none.`
          : `Every BGP session of ${name}${byFamily(family)} is established, and there is no other.`,
        kind: 'bgp-sessions',
        with: { node: name, peers, ...(mesh ? { mesh } : {}), ...familyOf(family) },
        expected: number === 0 ? 'no session' : `${counted(number, 'session')} Established`,
        // A session that was just made anew takes its time (BIRD: connect retry 5 s and more).
        seconds: 45,
      };
    }),
  );

/**
 * The other ends of a node's sessions, none where no BIRD runs: `peers` by address, and with `mesh` every other node, which the plan would
 * be the square of the nodes with otherwise.
 */
function sessionsOf(
  { cluster, network, nodes }: Ground,
  node: Node,
  family: Family,
): { mesh: boolean; peers: string[] } {
  if (network.backend !== 'bird') return { mesh: false, peers: [] };
  const { topology, peers } = cluster.network.bgp;
  const declared = [...peers, ...node.bgp.peers].map(({ address }: BgpPeer) => address);
  const others = nodes.filter(({ name }) => name !== node.name);
  const within = typeof topology === 'object' ? others.filter(reflectsFor(node)) : [];
  const addresses = within.flatMap(({ address, address6 }) => (family === 4 ? address : (address6 ?? [])));
  return {
    mesh: topology === 'full-mesh',
    peers: [...new Set([...addresses, ...declared.filter((address) => address.includes(':') === (family === 6))])],
  };
}

/** Reflectors have a session with everybody, the others with reflectors (kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_calico_rr.yml). */
function reflectsFor(node: Node): (other: Node) => boolean {
  const isReflector = ({ roles }: Node) => roles.includes('route-reflector');
  return (other) => isReflector(node) || isReflector(other);
}

/** Which blocks a node has is in the API: with etcd as Calico’s own datastore it is not. */
export const routeChecks: Checks = ({ cluster, nodes, families }) => {
  const { kind } = cluster.network.ipam;
  if (nodes.length < 2 || (cluster.calico.datastore === 'etcd' && kind === 'calico')) return [];
  return families.flatMap((family) =>
    nodes.map(
      ({ name }): Draft => ({
        group: 'routes',
        subject: subjectOf(name, family),
        nodes: [name],
        sentence: `${name} has a route to the pods of every other node${byFamily(family)}.`,
        kind: 'routes',
        with: { node: name, ipam: kind, ...familyOf(family) },
        expected: `a route to each block of ${counted(nodes.length - 1, 'node')}`,
        seconds: 45,
      }),
    ),
  );
};
