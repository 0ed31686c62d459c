import { constants } from '../fields.ts';
import { type Facts, says, type Topic, unlike } from './topic.ts';

/** The ranges of the cluster, of one stack or two, and the DNS cache. */
export function rangesTopic({ cluster: { network } }: Facts): Topic {
  const { ipv6, ipam, dns } = network;
  return {
    title: 'Network',
    variables: [
      ...says('kube_network_plugin', constants.kube_network_plugin, 'Calico is the network.', 'network'),
      ...says('kube_service_addresses', network.services, 'Fixed for the life of the cluster.'),
      ...says('kube_pods_subnet', network.pods, 'Holds every Calico pool; fixed for the life of the cluster.'),
      ...(ipam.kind === 'host-local'
        ? unlike(24, 'kube_network_node_prefix', ipam.nodePrefix, 'Each node gets one such range of kube_pods_subnet.')
        : []),
      ...(ipv6 === undefined
        ? []
        : [
            ...says('ipv4_stack', true, 'Two stacks: IPv4, whose addresses come first.'),
            ...says('ipv6_stack', true, 'Beside it IPv6; fixed for the life of the cluster.'),
            ...says('kube_service_addresses_ipv6', ipv6.services, 'Fixed for the life of the cluster.'),
            ...says('kube_pods_subnet_ipv6', ipv6.pods, 'Holds the IPv6 pool; fixed for the life of the cluster.'),
            ...(ipam.kind === 'host-local'
              ? unlike(
                  120,
                  'kube_network_node_prefix_ipv6',
                  ipam.nodePrefix6,
                  'Each node gets one such range of kube_pods_subnet_ipv6.',
                )
              : []),
          ]),
      ...says('enable_nodelocaldns', dns.nodeLocalCache, 'Whether pods ask a DNS cache on their own node.'),
      ...(dns.nodeLocalCache
        ? says('nodelocaldns_ip', dns.address, 'Where that cache listens; the DNS policy allows it.')
        : []),
    ],
  };
}
