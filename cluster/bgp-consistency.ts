import { address6Number } from './cidr.ts';
import type { Finding } from './finding.ts';
import { isRecord, list, type Raw, record, refused } from './raw.ts';

/** What only shows across the fields of BGP, in a raw value. */
export function bgpFindings(root: Raw): Finding[] {
  const network = record(root.network);
  const { topology, peers } = record(network.bgp);
  const nodes = Object.entries(record(root.nodes)).map(([name, node]): [string, Raw] => [name, record(node)]);
  const own = nodes.map(([name, { bgp }]): [string, unknown[]] => [name, list(record(bgp).peers)]);
  const every = list(peers);
  return [
    ...reflectorFindings(nodes, topology),
    ...topologyFindings(topology, every, own),
    ...repeatedPeers(every, own),
    ...(network.ipv6 === undefined ? peersOfNoStack(every, own) : []),
  ];
}

function reflectorFindings(nodes: readonly (readonly [string, Raw])[], topology: unknown): Finding[] {
  const reflectors = nodes.filter(([, { roles }]) => list(roles).includes('route-reflector'));
  const wanted = isRecord(topology) && topology.reflectors !== undefined;
  if (wanted && reflectors.length === 0) {
    return [
      refused(
        'reflectors-missing',
        'network.bgp.topology',
        'no node has the role route-reflector, and without the mesh no node learns the routes of another',
        'Add route-reflector to the roles of at least one node, or write topology: full-mesh.',
      ),
    ];
  }
  if (wanted) return [];
  return reflectors.map(([name, { roles }]) =>
    refused(
      'reflectors-unused',
      `nodes.${name}.roles[${list(roles).indexOf('route-reflector')}]`,
      `${name} is a route reflector, and network.bgp.topology has none`,
      'Write topology: { reflectors: { clusterId: 244.0.0.1 } } at network.bgp, or take the role away.',
      'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:75',
    ),
  );
}

type Own = readonly (readonly [name: string, peers: readonly unknown[]])[];

/** `peer_with_router` both sets peers up and switches the mesh off: neither is to be had alone. */
function topologyFindings(topology: unknown, every: readonly unknown[], own: Own): Finding[] {
  const at = 'network.bgp.topology';
  const peering = every.length > 0 ? 'network.bgp.peers' : own.find(([, peers]) => peers.length > 0)?.[0];
  if ((topology === undefined || topology === 'full-mesh') && peering !== undefined) {
    const where = every.length > 0 ? peering : `nodes.${peering}.bgp.peers`;
    return [
      refused(
        'mesh-with-peers',
        at,
        `kubespray switches the mesh of nodes off where there are peers, and ${where} has some`,
        'Write topology: routers, or { reflectors: … } with nodes of the role route-reflector.',
        'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:306',
      ),
    ];
  }
  if (topology !== 'routers' || peering !== undefined) return [];
  return [
    refused(
      'routers-missing',
      at,
      'no node has a peer, and without the mesh no node learns the routes of another',
      'Write the routers at network.bgp.peers or nodes.NAME.bgp.peers, or write topology: full-mesh.',
    ),
  ];
}

/** Each is a BGPPeer of its own name, and a session of its own address, at every node that has it. */
function repeatedPeers(every: readonly unknown[], own: Own): Finding[] {
  const lists: [path: string, peers: readonly unknown[], before: readonly unknown[]][] = [
    ['network.bgp.peers', every, []],
    ...own.map(([name, peers]): [string, readonly unknown[], readonly unknown[]] => [
      `nodes.${name}.bgp.peers`,
      peers,
      every,
    ]),
  ];
  return lists.flatMap(([path, peers, before]) =>
    peers.flatMap((peer, i) => {
      const earlier = [...before, ...peers.slice(0, i)].map(record);
      const { name, address } = record(peer);
      const found: Finding[] = [];
      if (typeof name === 'string' && earlier.some((one) => one.name === name)) {
        const hint = 'Give each peer a name of its own.';
        found.push(refused('duplicate-peer', `${path}[${i}].name`, `a peer is called ${name} already`, hint));
      }
      if (typeof address === 'string' && earlier.some((one) => sameAddress(one.address, address))) {
        const message = `there is a peer with the address ${address} already`;
        found.push(refused('duplicate-peer', `${path}[${i}].address`, message, 'Leave one of them out.'));
      }
      return found;
    }),
  );
}

function sameAddress(a: unknown, b: string): boolean {
  return a === b || (address6Number(b) !== undefined && address6Number(a) === address6Number(b));
}

/** A node without an IPv6 address starts no session over IPv6. */
function peersOfNoStack(every: readonly unknown[], own: Own): Finding[] {
  const lists = [['network.bgp.peers', every] as const, ...own.map(([n, p]) => [`nodes.${n}.bgp.peers`, p] as const)];
  return lists.flatMap(([path, peers]) =>
    peers.flatMap((peer, i) => {
      const { address } = record(peer);
      if (address6Number(address) === undefined) return [];
      const message = `the peer ${address} has an IPv6 address, and no node has one`;
      const hint = 'Write network.ipv6 for a dual-stack cluster, or an IPv4 address.';
      return [refused('peer-of-no-stack', `${path}[${i}].address`, message, hint)];
    }),
  );
}
