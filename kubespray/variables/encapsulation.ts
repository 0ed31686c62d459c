import type { Autodetection, Cluster } from '../../cluster/index.ts';
import { wireguardPackages } from '../wireguard.ts';
import { capital, type Facts, says, type Topic, unlike } from './topic.ts';

/** How packets travel between nodes, and how large they may be. */
export function encapsulationTopic({ cluster, network: derived }: Facts): Topic {
  const { network } = cluster;
  const { encapsulation, ipv6 } = network;
  const mtuReason =
    network.mtu === 'auto'
      ? `${network.interfaceMtu} of the interface less ${derived.overhead} for the encapsulation.`
      : `As written; the encapsulation leaves ${derived.maxMtu}.`;
  return {
    title: 'Between nodes',
    variables: [
      ...says('calico_network_backend', derived.backend, `${capital(derived.backendReason)}.`),
      ...says('calico_ipip_mode', derived.ipipMode, 'At most one of the two modes may be on.'),
      ...says('calico_vxlan_mode', derived.vxlanMode, 'Always is the default: Never is said.'),
      ...(encapsulation.kind === 'vxlan'
        ? [
            ...unlike(4096, 'calico_vxlan_vni', encapsulation.vni, 'Network identifier in every VXLAN packet.'),
            ...unlike(4789, 'calico_vxlan_port', encapsulation.port, 'UDP, open between all nodes.'),
          ]
        : []),
      ...(ipv6 === undefined
        ? []
        : [
            ...says('calico_ipip_mode_ipv6', 'Never', 'Calico has no IPIP for IPv6.'),
            ...says('calico_vxlan_mode_ipv6', derived.vxlanMode6, 'IPv6 has a mode of its own, Always by default.'),
          ]),
      ...says('calico_mtu', derived.mtu, mtuReason),
      ...says('calico_veth_mtu', derived.mtu, 'Read only beside calico_mtu: always the two together.'),
      ...says('calico_wireguard_enabled', network.wireguard, wireguardReason(cluster)),
      ...unlike(
        undefined,
        'calico_ip_auto_method',
        autodetectionMethod(network.autodetection),
        'How a node finds the address that others reach it at.',
      ),
      ...unlike(
        undefined,
        'calico_ip6_auto_method',
        ipv6 && autodetectionMethod(ipv6.autodetection),
        'The same for IPv6.',
      ),
    ],
  };
}

function wireguardReason(cluster: Cluster): string {
  if (!cluster.network.wireguard) return 'Pod traffic between nodes is not encrypted.';
  const reason = 'Encrypts pod traffic between nodes.';
  // kubespray v2.31.0 roles/network_plugin/calico/tasks/pre.yml:22 (include_vars)
  return wireguardPackages(cluster) === undefined
    ? reason
    : `${reason} Its packages are in extra-vars.json: kubespray's own list of them, wrong for a system declared here, wins over group_vars.`;
}

/** What IP_AUTODETECTION_METHOD of calico-node takes; nothing for kubespray's own way. */
export function autodetectionMethod(method: Autodetection): string | undefined {
  if (method === 'auto') return undefined;
  if (typeof method === 'string') return method;
  if ('canReach' in method) return `can-reach=${method.canReach}`;
  if ('interface' in method) return `interface=${method.interface}`;
  if ('skipInterface' in method) return `skip-interface=${method.skipInterface}`;
  return `cidr=${method.cidr.join(',')}`;
}
