import type { BgpPeer, Cluster } from '../../cluster/index.ts';
import { type Facts, says, type Topic, unlike } from './topic.ts';

/** AS, peers and what they are told. kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:296-358 */
export function bgpTopic({ cluster }: Facts): Topic {
  const { bgp } = cluster.network;
  const { topology, peers, listenPort, advertise } = bgp;
  const routers = fieldWithRouters(cluster);
  const list = (addresses: readonly string[]) => (addresses.length === 0 ? undefined : addresses);
  return {
    title: 'BGP',
    variables: [
      ...says('global_as_num', String(bgp.as), 'AS number of every node.'),
      ...(typeof topology === 'object'
        ? says('cluster_id', topology.reflectors.clusterId, 'Of the route reflectors, the hosts of calico_rr.')
        : []),
      ...(routers === undefined
        ? []
        : says('peer_with_router', true, 'Peers are set up, and the mesh of nodes is switched off.', routers)),
      ...unlike(
        undefined,
        'peers',
        peers.length === 0 ? undefined : peers.map(clusterPeer),
        'Of every node; a host with peers of its own repeats them, since its list hides this one.',
      ),
      ...unlike(179, 'calico_bgp_listen_port', listenPort, 'TCP, open to every peer.'),
      ...unlike(false, 'calico_advertise_cluster_ips', advertise.clusterIps, 'Peers learn kube_service_addresses.'),
      ...unlike(
        undefined,
        'calico_advertise_service_external_ips',
        list(advertise.externalIps),
        'Peers learn the external addresses of Services.',
      ),
      ...unlike(
        undefined,
        'calico_advertise_service_loadbalancer_ips',
        list(advertise.loadBalancerIps),
        'Peers learn the load balancer addresses of Services.',
      ),
    ],
  };
}

/** The field that needs kubespray's peer_with_router.yml, which alone sets up peers; undefined where none does. */
function fieldWithRouters({ network, nodes }: Cluster): string | undefined {
  const { topology, peers } = network.bgp;
  if (topology === 'routers') return 'network.bgp.topology';
  if (peers.length > 0) return 'network.bgp.peers';
  const node = nodes.find(({ bgp }) => bgp.peers.length > 0);
  return node && `nodes.${node.name}.bgp.peers`;
}

/**
 * A peer of every node. kubespray gives a global BGPPeer nothing but AS and address (roles/network_plugin/calico/tasks/
 * peer_with_router.yml:8-17), so one with more is set up node by node.
 */
function clusterPeer(peer: BgpPeer): Record<string, unknown> {
  const more = peer.filters.length > 0 || peer.sourceAddress !== 'node-ip' || peer.allowedLocalAs !== undefined;
  return kubesprayPeer(peer, more ? 'node' : 'global');
}

/**
 * The list of a host with peers of its own, which hides that of the group (Ansible replaces, it does not merge): so it
 * carries both. Absent where the group's list is enough.
 */
export function peersOfNode(own: readonly BgpPeer[], cluster: Cluster): Record<string, unknown>[] | undefined {
  if (own.length === 0) return undefined;
  return [...cluster.network.bgp.peers.map(clusterPeer), ...own.map((peer) => kubesprayPeer(peer, 'node'))];
}

function kubesprayPeer(peer: BgpPeer, scope: 'global' | 'node'): Record<string, unknown> {
  return {
    router_id: peer.address,
    as: String(peer.as),
    scope,
    ...(peer.name === undefined ? {} : { name: peer.name }),
    ...(peer.filters.length === 0 ? {} : { filters: peer.filters }),
    ...(peer.sourceAddress === 'node-ip' ? {} : { sourceaddress: 'None' }),
    ...(peer.allowedLocalAs === undefined ? {} : { numallowedlocalasnumbers: peer.allowedLocalAs }),
  };
}
