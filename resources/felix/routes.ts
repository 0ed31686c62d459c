import type { Input } from '@pulumi/pulumi';
import type { List } from '../inputs.ts';

/** Routes, tunnels and WireGuard. */
export interface FelixRoutes {
  /** Whether there is a device for IP-in-IP. Default of Calico: as pools want it. */
  readonly ipipEnabled?: Input<boolean>;
  /** MTU of that device, in bytes; 0 finds it. Default of Calico: 0. Pods keep theirs until they start anew. */
  readonly ipipMTU?: Input<number>;
  /** Whether there is a device for VXLAN. Default of Calico: as pools want it. */
  readonly vxlanEnabled?: Input<boolean>;
  /** MTU of the device of IPv4, in bytes; 0 finds it. Default of Calico: 0. Pods keep theirs until they start anew. */
  readonly vxlanMTU?: Input<number>;
  /** MTU of the device of IPv6, in bytes; 0 finds it. Default of Calico: 0. */
  readonly vxlanMTUV6?: Input<number>;
  /** UDP port of VXLAN. Default of Calico: 4789. Nodes do not reach each other's pods until all have the change. */
  readonly vxlanPort?: Input<number>;
  /** Number of the VXLAN network. Default of Calico: 4096. Nodes do not reach each other's pods until all have the change. */
  readonly vxlanVNI?: Input<number>;
  /** Interfaces that the MTU is found by, a regular expression. Default of Calico: the usual names of network cards. */
  readonly mtuIfacePattern?: Input<string>;
  /** Wait for the file with the MTU before anything else. Default of Calico: false. */
  readonly requireMTUFile?: Input<boolean>;
  /** Whether Felix, not BIRD, writes the routes of IP-in-IP. Default of Calico: Disabled. Both at once would fight. */
  readonly programClusterRoutes?: Input<'Enabled' | 'Disabled'>;
  /** What routes follow: blocks of addresses, or pods. Default of Calico: CalicoIPAM. */
  readonly routeSource?: Input<'WorkloadIPs' | 'CalicoIPAM'>;
  /** Touch no routes at all: for policies alone. Default of Calico: false. */
  readonly routeSyncDisabled?: Input<boolean>;
  /** How often routes are looked through, a duration; 0 is never. Default of Calico: 90s. */
  readonly routeRefreshInterval?: Input<string>;
  /** @deprecated `routeTableRanges` takes its place. Numbers of tables that Felix may use, within 1 to 250. Default of Calico: none. */
  readonly routeTableRange?: Input<RouteTableRange>;
  /** Numbers of routing tables that Felix may use, 65,535 together at most. Default of Calico: 1 to 250. */
  readonly routeTableRanges?: List<RouteTableRange>;
  /** Take away routes to pods' interfaces that Felix did not write. Default of Calico: true. */
  readonly removeExternalRoutes?: Input<boolean>;
  /** Number by which Felix knows its own routes, 0 to 255. Default of Calico: 3. After a change the old ones stay. */
  readonly deviceRouteProtocol?: Input<number>;
  /** Source address that routes to pods suggest, IPv4. Default of Calico: the kernel's choice. */
  readonly deviceRouteSourceAddress?: Input<string>;
  /** The same of IPv6. Default of Calico: the kernel's choice. */
  readonly deviceRouteSourceAddressIPv6?: Input<string>;
  /** How long an answer of the kernel is waited for, a duration. Default of Calico: 10s. */
  readonly netlinkTimeout?: Input<string>;
  /** Encrypt what goes between pods of different nodes, IPv4. Default of Calico: false. Nodes without WireGuard in the kernel stay open. */
  readonly wireguardEnabled?: Input<boolean>;
  /** The same of IPv6. Default of Calico: false. */
  readonly wireguardEnabledV6?: Input<boolean>;
  /** Encrypt what goes between the nodes themselves too. Default of Calico: false. Turning it on can cut control-plane nodes off. */
  readonly wireguardHostEncryptionEnabled?: Input<boolean>;
  /** Name of the device of IPv4. Default of Calico: wireguard.cali. */
  readonly wireguardInterfaceName?: Input<string>;
  /** Name of the device of IPv6. Default of Calico: wg-v6.cali. */
  readonly wireguardInterfaceNameV6?: Input<string>;
  /** UDP port of IPv4. Default of Calico: 51820. Nodes do not reach each other until all have the change. */
  readonly wireguardListeningPort?: Input<number>;
  /** UDP port of IPv6. Default of Calico: 51821. Nodes do not reach each other until all have the change. */
  readonly wireguardListeningPortV6?: Input<number>;
  /** MTU of the device of IPv4, in bytes; 0 finds it. Default of Calico: 0, 60 below the smallest of the node. */
  readonly wireguardMTU?: Input<number>;
  /** MTU of the device of IPv6, in bytes; 0 finds it. Default of Calico: 0, 80 below the smallest of the node. */
  readonly wireguardMTUV6?: Input<number>;
  /** How often a quiet peer is written to, a duration; 0 is never. Default of Calico: 0. For peers behind NAT. */
  readonly wireguardKeepAlive?: Input<string>;
  /** Priority of its routing rule, 1 to 32765. Default of Calico: 99. */
  readonly wireguardRoutingRulePriority?: Input<number>;
  /** Spread its packets over processors. Default of Calico: false. Some kernels hang when a peer goes. */
  readonly wireguardThreadingEnabled?: Input<boolean>;
}

export interface RouteTableRange {
  /** First number. */
  readonly min: Input<number>;
  /** Last number. */
  readonly max: Input<number>;
}
