import type { Input } from '@pulumi/pulumi';
import type { List } from '../inputs.ts';

/** Nodes themselves: what reaches them, which interfaces are whose. */
export interface FelixHosts {
  /** What becomes of packets from a pod to its own node, once egress policies let them. Default of Calico: Drop; kubespray sets Return. */
  readonly defaultEndpointToHostAction?: Input<'Drop' | 'Accept' | 'Return'>;
  /** Ports of host endpoints that stay open whatever policies say. Default of Calico: SSH, DHCP, BGP, etcd and the API. `[]` leaves none: a node may be lost. */
  readonly failsafeInboundHostPorts?: List<ProtoPort>;
  /** Ports that host endpoints reach whatever policies say. Default of Calico: DNS, DHCP, BGP, etcd and the API. */
  readonly failsafeOutboundHostPorts?: List<ProtoPort>;
  /** How names of pods' interfaces begin. Default of Calico: cali. The CNI plugin must use the same: pods lose their policies otherwise. */
  readonly interfacePrefix?: Input<string>;
  /** Interfaces that are no host endpoints: names, or `/regular expressions/`, with commas. Default of Calico: kube-ipvs0. */
  readonly interfaceExclude?: Input<string>;
  /** How often the interfaces are looked through, a duration; 0 is never. Default of Calico: 90s. */
  readonly interfaceRefreshInterval?: Input<string>;
  /** Have the kernel forward packets. Default of Calico: Enabled. Without it the node carries no pods. */
  readonly ipForwarding?: Input<'Enabled' | 'Disabled'>;
  /** IPv6 as well. Default of Calico: true. */
  readonly ipv6Support?: Input<boolean>;
  /** Whether pods may send from other addresses, by annotation. Default of Calico: Disabled. `Any` lets a pod pass for another. */
  readonly workloadSourceSpoofing?: Input<'Disabled' | 'Any'>;
  /** Whether pods may send VXLAN packets themselves. Default of Calico: false. They could pass policies by. */
  readonly allowVXLANPacketsFromWorkloads?: Input<boolean>;
  /** Whether pods may send IP-in-IP packets themselves. Default of Calico: false. They could pass policies by. */
  readonly allowIPIPPacketsFromWorkloads?: Input<boolean>;
  /** CIDRs of machines that are no nodes and may send encapsulated packets. Default of Calico: none. */
  readonly externalNodesList?: List<string>;
  /** Floating addresses of pods, by annotation. Default of Calico: Disabled. */
  readonly floatingIPs?: Input<'Enabled' | 'Disabled'>;
  /** What becomes of the check of source and destination of EC2, where nodes run there; calico-node needs the right to change it. Default of Calico: DoNothing. */
  readonly awsSrcDstCheck?: Input<'DoNothing' | 'Enable' | 'Disable'>;
  /** On Windows, open the firewall for Felix' metrics. Default of Calico: Disabled. */
  readonly windowsManageFirewallRules?: Input<'Enabled' | 'Disabled'>;
  /** OpenStack: where instances find their metadata; `none` for nowhere. Default of Calico: 127.0.0.1. */
  readonly metadataAddr?: Input<string>;
  /** OpenStack: the port of that. Default of Calico: 8775. */
  readonly metadataPort?: Input<number>;
  /** OpenStack: the region of this Felix, as neutron has it. Default of Calico: none. */
  readonly openstackRegion?: Input<string>;
  /** OpenStack: report the state of endpoints. Default of Calico: false. */
  readonly endpointReportingEnabled?: Input<boolean>;
  /** OpenStack: how long after a change, a duration. Default of Calico: 1s. */
  readonly endpointReportingDelay?: Input<string>;
  /** Folder for files that say which pods are ready; the CNI plugin must look there. Empty: none. Default of Calico: /var/run/calico. */
  readonly endpointStatusPathPrefix?: Input<string>;
  /** Folder of the socket that application layer policy reads policies from. Default of Calico: none. */
  readonly policySyncPathPrefix?: Input<string>;
}

export interface ProtoPort {
  /** `tcp`, `udp` or `sctp`. Default of Calico: tcp. */
  readonly protocol?: Input<string>;
  /** Number, 0 to 65535. */
  readonly port: Input<number>;
  /** From or to these addresses alone. Default of Calico: any. */
  readonly net?: Input<string>;
}
