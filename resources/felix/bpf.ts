import type { Input } from '@pulumi/pulumi';
import type { List, Texts } from '../inputs.ts';

/** The eBPF data plane; without `bpfEnabled` none of it matters. Felix restarts on most of it. */
export interface FelixBpf {
  /** eBPF instead of iptables, and of kube-proxy, which must be off. Default of Calico: false. Open connections break. */
  readonly bpfEnabled?: Input<boolean>;
  /** How programs hang on an interface. Default of Calico: TCX, and TC where the kernel has no TCX. */
  readonly bpfAttachType?: Input<'TC' | 'TCX'>;
  /** Interfaces of the node that traffic of pods and Services comes in on, a regular expression. Default of Calico: the usual names. Others are not policed. */
  readonly bpfDataIfacePattern?: Input<string>;
  /** Tunnel interfaces, not Calico's own, beside those, a regular expression. Default of Calico: none. */
  readonly bpfL3IfacePattern?: Input<string>;
  /** Interfaces on which GRO is turned off, a regular expression. Default of Calico: none. */
  readonly bpfDisableGROForIfaces?: Input<string>;
  /** Keep programs without rights from using eBPF. Default of Calico: true. Turned off, they could read Calico's maps. */
  readonly bpfDisableUnprivileged?: Input<boolean>;
  /** Translate Services when a connection begins, for which ones. Default of Calico: TCP. */
  readonly bpfConnectTimeLoadBalancing?: Input<'TCP' | 'Enabled' | 'Disabled'>;
  /** @deprecated `bpfConnectTimeLoadBalancing` takes its place. Default of Calico: true. */
  readonly bpfConnectTimeLoadBalancingEnabled?: Input<boolean>;
  /** Translate for programs of the node in another way, where that is off. Default of Calico: Enabled. */
  readonly bpfHostNetworkedNATWithoutCTLB?: Input<'Enabled' | 'Disabled'>;
  /** How connections from outside reach pods of another node: by a tunnel both ways, or answered directly (DSR), which the network must bear. Default of Calico: Tunnel. */
  readonly bpfExternalServiceMode?: Input<'Tunnel' | 'DSR'>;
  /** Clients that are never answered directly, CIDRs. Default of Calico: none. */
  readonly bpfDSROptoutCIDRs?: List<string>;
  /** Addresses that are never translated, CIDRs: a node-local DNS cache. Default of Calico: none. */
  readonly bpfExcludeCIDRsFromNAT?: List<string>;
  /** Mark of connections from outside to a Service of this node, 32 bits. Default of Calico: 0. */
  readonly bpfExtToServiceConnmark?: Input<number>;
  /** Interfaces whose traffic the kernel goes on tracking. Default of Calico: docker+. */
  readonly bpfForceTrackPacketsFromIfaces?: List<string>;
  /** Pass by the kernel's own tracking. Default of Calico: false. */
  readonly bpfHostConntrackBypass?: Input<boolean>;
  /** Check whether packets come in on the way back. Default of Calico: Loose. */
  readonly bpfEnforceRPF?: Input<'Disabled' | 'Strict' | 'Loose'>;
  /** Whether packets go straight into a pod, past its interface on the node, where tcpdump then sees nothing. Default of Calico: L2Only. */
  readonly bpfRedirectToPeer?: Input<'Enabled' | 'Disabled' | 'L2Only'>;
  /** Ports for connections whose own is taken, `low:high`. Default of Calico: 20000:29999. */
  readonly bpfPSNATPorts?: Input<number | string>;
  /** Whether Felix loosens the kernel's hardening of compiled programs, which costs speed. Default of Calico: Auto. */
  readonly bpfJITHardening?: Input<'Auto' | 'Strict'>;
  /** Port of the health of its kube-proxy. Default of Calico: 10256. */
  readonly bpfKubeProxyHealthzPort?: Input<number>;
  /** Take away the rules of the real kube-proxy. Default of Calico: true. Not where that runs. */
  readonly bpfKubeProxyIptablesCleanupEnabled?: Input<boolean>;
  /** Shortest time between two changes to Services, a duration. Default of Calico: 1s. */
  readonly bpfKubeProxyMinSyncPeriod?: Input<string>;
  /** @deprecated Without effect: EndpointSlices are always used. Default of Calico: true. */
  readonly bpfKubeProxyEndpointSlicesEnabled?: Input<boolean>;
  /** How connections that ended are cleaned up. Default of Calico: Auto. */
  readonly bpfConntrackMode?: Input<'Auto' | 'Userspace' | 'BPFProgram'>;
  /** When connections count as ended. Default of Calico: each field's own. */
  readonly bpfConntrackTimeouts?: Input<BpfConntrackTimeouts>;
  /** What the cleaning up tells. Default of Calico: Off. */
  readonly bpfConntrackLogLevel?: Input<'Off' | 'Debug'>;
  /** What programs tell, to the kernel's trace. Default of Calico: Off. Debug is slow. */
  readonly bpfLogLevel?: Input<'Off' | 'Info' | 'Debug'>;
  /** Which packets they tell of: interface, `all`, `weps` or `heps` → filter as of tcpdump. Default of Calico: all. */
  readonly bpfLogFilters?: Texts;
  /** `all` to have the translation of Services told too where there are filters. Default of Calico: none. */
  readonly bpfCTLBLogFilter?: Input<string>;
  /** Keep what `calico-bpf policy dump` shows. Default of Calico: true. */
  readonly bpfPolicyDebugEnabled?: Input<boolean>;
  /** Measure the programs. Default of Calico: Disabled. */
  readonly bpfProfiling?: Input<'Enabled' | 'Disabled'>;
  /** Buffer for events, in MB. Default of Calico: 1. Calico v3.32.1's own validator breaks down over it. */
  readonly bpfExportBufferSizeMB?: Input<number>;
  /** Entries for connections; each open one needs one. Default of Calico: 512000. A change breaks connections. */
  readonly bpfMapSizeConntrack?: Input<number>;
  /** The same for each processor; 0 for the number above. Default of Calico: 0. A change breaks connections. */
  readonly bpfMapSizePerCpuConntrack?: Input<number>;
  /** What happens where they do not suffice. Default of Calico: DoubleIfFull. */
  readonly bpfMapSizeConntrackScaling?: Input<'Disabled' | 'DoubleIfFull'>;
  /** Entries for connections that wait to be cleaned up, from 1. Default of Calico: 100000. */
  readonly bpfMapSizeConntrackCleanupQueue?: Input<number>;
  /** Entries for addresses and ports of Services. Default of Calico: 65536. */
  readonly bpfMapSizeNATFrontend?: Input<number>;
  /** Entries for endpoints of Services. Default of Calico: 262144. */
  readonly bpfMapSizeNATBackend?: Input<number>;
  /** Entries for clients that stay with one endpoint. Default of Calico: 65536. */
  readonly bpfMapSizeNATAffinity?: Input<number>;
  /** Entries for routes: one a pod, some a node. Default of Calico: 262144. */
  readonly bpfMapSizeRoute?: Input<number>;
  /** Entries for members of IP sets, of all selectors together. Default of Calico: 1048576. */
  readonly bpfMapSizeIPSets?: Input<number>;
  /** Entries for interfaces of a node. Default of Calico: 1000. */
  readonly bpfMapSizeIfState?: Input<number>;
}

/** Durations, or `Auto` for the kernel's own. */
export interface BpfConntrackTimeouts {
  /** How long a new connection is left alone. Default of Calico: 10s. */
  readonly creationGracePeriod?: Input<string>;
  /** One that was asked for and never answered. Default of Calico: 20s. */
  readonly tcpSynSent?: Input<string>;
  /** One that is open and silent. Default of Calico: 1h. */
  readonly tcpEstablished?: Input<string>;
  /** One that was closed. Default of Calico: Auto. */
  readonly tcpFinsSeen?: Input<string>;
  /** One that was broken off. Default of Calico: 40s. */
  readonly tcpResetSeen?: Input<string>;
  /** UDP that is silent. Default of Calico: 60s. */
  readonly udpTimeout?: Input<string>;
  /** ICMP that is silent. Default of Calico: 5s. */
  readonly icmpTimeout?: Input<string>;
  /** Any other protocol that is silent. Default of Calico: 10m. */
  readonly genericTimeout?: Input<string>;
}
