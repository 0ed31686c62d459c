import type { Input } from '@pulumi/pulumi';
import type { List } from '../inputs.ts';

/** How Felix writes rules into the kernel, by iptables or nftables. */
export interface FelixTables {
  /** nftables instead of iptables. Default of Calico: Disabled. Felix restarts; kube-proxy must be in the same mode. */
  readonly nftablesMode?: Input<'Disabled' | 'Enabled' | 'Auto'>;
  /** Which iptables. Default of Calico: Auto. A change leaves the rules of the other one behind: restart the node. */
  readonly iptablesBackend?: Input<'Auto' | 'Legacy' | 'NFT'>;
  /** Whether Felix' chains come before others (`Insert`) or after. Default of Calico: Insert. `Append` lets other rules pass policies by. */
  readonly chainInsertMode?: Input<'Insert' | 'Append'>;
  /** What allowed packets do: stop there, or go on to your own rules. Default of Calico: Accept. */
  readonly iptablesFilterAllowAction?: Input<'Accept' | 'Return'>;
  /** The same before the addresses of Services are translated. Default of Calico: Accept. */
  readonly iptablesMangleAllowAction?: Input<'Accept' | 'Return'>;
  /** What refused packets do: vanish, or be answered. Default of Calico: Drop. */
  readonly iptablesFilterDenyAction?: Input<'Drop' | 'Reject'>;
  /** With nftables: what allowed packets do. Default of Calico: Accept. */
  readonly nftablesFilterAllowAction?: Input<'Accept' | 'Return'>;
  /** With nftables: the same before addresses are translated. Default of Calico: Accept. */
  readonly nftablesMangleAllowAction?: Input<'Accept' | 'Return'>;
  /** With nftables: what refused packets do. Default of Calico: Drop. */
  readonly nftablesFilterDenyAction?: Input<'Drop' | 'Reject'>;
  /** Bits of packets' marks that are Felix' own, at least 8. Default of Calico: 0xffff0000. They must be nobody else's. Felix restarts. */
  readonly iptablesMarkMask?: Input<number>;
  /** With nftables: the same. Default of Calico: 0xffff0000. Felix restarts. */
  readonly nftablesMarkMask?: Input<number>;
  /** How often the rules are looked through for changes by others, a duration; 0 is never. Default of Calico: 180s. */
  readonly iptablesRefreshInterval?: Input<string>;
  /** With nftables: the same. Default of Calico: 180s. */
  readonly nftablesRefreshInterval?: Input<string>;
  /** How often the IP sets are looked through, a duration; 0 is never. Default of Calico: 90s. */
  readonly ipsetsRefreshInterval?: Input<string>;
  /** How long after a write Felix reads again whether it held, a duration. Default of Calico: 5s. */
  readonly iptablesPostWriteCheckInterval?: Input<string>;
  /** The file that users of iptables lock. Default of Calico: /run/xtables.lock. It must be mounted into calico-node. */
  readonly iptablesLockFilePath?: Input<string>;
  /** @deprecated iptables locks by itself, and both together wait for ever. How long Felix waits for the lock, a duration. Default of Calico: 0s, not at all. */
  readonly iptablesLockTimeout?: Input<string>;
  /** How long between tries for the lock, a duration. Default of Calico: 50ms. */
  readonly iptablesLockProbeInterval?: Input<string>;
  /** Most addresses of one IP set; nftables has no limit. Default of Calico: 1048576. Felix restarts. */
  readonly maxIpsetSize?: Input<number>;
  /** Interfaces that pods' packets get the node's address on, with `+` at the end for what goes on. Default of Calico: every one. */
  readonly iptablesNATOutgoingInterfaceFilter?: Input<string>;
  /** Where pods of a pool with `natOutgoing` keep their address: towards pools, or towards nodes too. Default of Calico: IPPoolsOnly. */
  readonly natOutgoingExclusions?: Input<'IPPoolsOnly' | 'IPPoolsAndHostIPs'>;
  /** Address that such pods leave with. Default of Calico: that of the interface. Open connections break. */
  readonly natOutgoingAddress?: Input<string>;
  /** Ports that such connections leave from, `low:high`. Default of Calico: the kernel's. */
  readonly natPortRange?: Input<number | string>;
  /** Ports of NodePort services, for kube-proxy in the mode IPVS: numbers or `low:high`, 7 at most. Default of Calico: 30000:32767. */
  readonly kubeNodePortRanges?: List<number | string>;
  /** What becomes of packets to an address of Services that nobody has, where Calico announces these. Default of Calico: Drop. */
  readonly serviceLoopPrevention?: Input<'Drop' | 'Reject' | 'Disabled'>;
  /** Leave out the check for packets that belong to no connection: for nodes with several ways in. Default of Calico: false. It is a check less. */
  readonly disableConntrackInvalidCheck?: Input<boolean>;
  /** Drop untracked traffic by XDP where the card can. Default of Calico: true. */
  readonly xdpEnabled?: Input<boolean>;
  /** Do so on cards that cannot, too: no faster than iptables. Default of Calico: false. */
  readonly genericXDPEnabled?: Input<boolean>;
  /** How often the state of XDP is looked through, a duration; 0 is never. Default of Calico: 90s. */
  readonly xdpRefreshInterval?: Input<string>;
  /** Experimental shortcut between a sidecar and its pod. Default of Calico: false. */
  readonly sidecarAccelerationEnabled?: Input<boolean>;
  /** Features of the kernel taken for there or not, `SNATFullyRandom=true,…`. Default of Calico: what Felix finds. */
  readonly featureDetectOverride?: Input<string>;
  /** Previews of Calico's to switch on or off, `NAME=value,…`. Default of Calico: none. */
  readonly featureGates?: Input<string>;
  /** How often a rule with the action Log may write, `10/minute`. Default of Calico: no limit. */
  readonly logActionRateLimit?: Input<string>;
  /** How many lines may come at once under that limit, 0 to 9999. Default of Calico: 5. */
  readonly logActionRateLimitBurst?: Input<number>;
  /** Beginning of those lines; `%t` tier, `%k` kind, `%n` name, `%p` namespace/name. iptables shows 29 characters. Default of Calico: calico-packet. */
  readonly logPrefix?: Input<string>;
}
