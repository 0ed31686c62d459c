import type { Rule } from '../subject.ts';
import { autodetectionMethod } from './autodetection-method.ts';
import { blocksNotAllocated } from './blocks-not-allocated.ts';
import { datastore } from './datastore.ts';
import { ebpfApiserverPort } from './ebpf-apiserver-port.ts';
import { ebpfKubeProxy } from './ebpf-kube-proxy.ts';
import { encapsulationBackend } from './encapsulation-backend.ts';
import { encapsulationExclusive } from './encapsulation-exclusive.ts';
import { encapsulationMode } from './encapsulation-mode.ts';
import { encapsulationMode6 } from './encapsulation-mode6.ts';
import { encapsulation6Backend } from './encapsulation6-backend.ts';
import { hostLocalIpv6 } from './host-local-ipv6.ts';
import { ipv6Ipip } from './ipv6-ipip.ts';
import { logSeverityUnread } from './log-severity-unread.ts';
import { needsKdd } from './needs-kdd.ts';
import { networkBackend } from './network-backend.ts';
import { nftablesProxy } from './nftables-proxy.ts';
import { noServiceProxy } from './no-service-proxy.ts';
import { poolName } from './pool-name.ts';
import { portOutOfRange } from './port-out-of-range.ts';
import { typhaForManyNodes } from './typha-for-many-nodes.ts';
import { typhaSecure } from './typha-secure.ts';
import { unknownSetting } from './unknown-setting.ts';
import { vxlanNetwork } from './vxlan-network.ts';
import { vxlanUnread } from './vxlan-unread.ts';
import { wireguardIpv6 } from './wireguard-ipv6.ts';
import { wireguardPackages } from './wireguard-packages.ts';

/** How Calico is set up. */
export const calico: readonly Rule[] = [
  datastore,
  needsKdd,
  typhaSecure,
  networkBackend,
  encapsulationMode,
  encapsulationMode6,
  encapsulationExclusive,
  ipv6Ipip,
  poolName,
  wireguardPackages,
  encapsulationBackend,
  encapsulation6Backend,
  vxlanNetwork,
  vxlanUnread,
  portOutOfRange,
  unknownSetting,
  autodetectionMethod,
  blocksNotAllocated,
  hostLocalIpv6,
  wireguardIpv6,
  nftablesProxy,
  noServiceProxy,
  ebpfApiserverPort,
  ebpfKubeProxy,
  logSeverityUnread,
  typhaForManyNodes,
];
