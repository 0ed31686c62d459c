/** Every trouble that the doctor knows, in the order of docs/doctor.md; of two that explain as much the first one is told first. */
import type { Trouble } from '../types.ts';
import { apiDown } from './api-down.ts';
import { bgpBlocked } from './bgp-blocked.ts';
import { bgpMeshOff } from './bgp-mesh-off.ts';
import { bgpNotExpected } from './bgp-not-expected.ts';
import { bgpPeerDown } from './bgp-peer-down.ts';
import { bgpStalePeer } from './bgp-stale-peer.ts';
import { bgpWrongAs } from './bgp-wrong-as.ts';
import { birdDown } from './bird-down.ts';
import { calicoNodeNotReady } from './calico-node-not-ready.ts';
import { checksumOffload } from './checksum-offload.ts';
import { clockOff } from './clock-off.ts';
import { conntrackFull } from './conntrack-full.ts';
import { dnsBroken } from './dns-broken.ts';
import { duplicateTunnelAddress } from './duplicate-tunnel-address.ts';
import { firewallActive } from './firewall-active.ts';
import { ipForwardOff } from './ip-forward-off.ts';
import { ipamBlockLimit } from './ipam-block-limit.ts';
import { ipamBorrowed } from './ipam-borrowed.ts';
import { ipamExhausted } from './ipam-exhausted.ts';
import { ipamLeak } from './ipam-leak.ts';
import { ipamNearlyExhausted } from './ipam-nearly-exhausted.ts';
import { ipamNoPool } from './ipam-no-pool.ts';
import { ipipBlocked } from './ipip-blocked.ts';
import { iptablesMixed } from './iptables-mixed.ts';
import { mtuLargerThanPath } from './mtu-larger-than-path.ts';
import { mtuOfRunningPods } from './mtu-of-running-pods.ts';
import { mtuSmallerSwitchPort } from './mtu-smaller-switch-port.ts';
import { networkManager } from './network-manager.ts';
import { nodeAbsent } from './node-absent.ts';
import { nodeDown } from './node-down.ts';
import { nodeNotReady } from './node-not-ready.ts';
import { podAddressesBlocked } from './pod-addresses-blocked.ts';
import { policyTroubles } from './policies.ts';
import { poolNotAsDeclared } from './pool-not-as-declared.ts';
import { routesMissing } from './routes-missing.ts';
import { rpFilter } from './rp-filter.ts';
import { sshSilent } from './ssh-silent.ts';
import { tunnelMissing } from './tunnel-missing.ts';
import { vxlanBlocked } from './vxlan-blocked.ts';
import { wireguardNoKey } from './wireguard-no-key.ts';
import { wireguardSilent } from './wireguard-silent.ts';
import { wrongInterface } from './wrong-interface.ts';

const ofNodes: readonly Trouble[] = [
  nodeDown,
  apiDown,
  nodeNotReady,
  nodeAbsent,
  sshSilent,
  wrongInterface,
  ipForwardOff,
  calicoNodeNotReady,
  clockOff,
];
const ofSize: readonly Trouble[] = [mtuSmallerSwitchPort, mtuLargerThanPath, mtuOfRunningPods];
const ofAddresses: readonly Trouble[] = [
  ipamExhausted,
  ipamBlockLimit,
  ipamNoPool,
  ipamNearlyExhausted,
  ipamLeak,
  ipamBorrowed,
  poolNotAsDeclared,
];
const ofBgp: readonly Trouble[] = [
  birdDown,
  bgpMeshOff,
  bgpWrongAs,
  bgpBlocked,
  bgpStalePeer,
  bgpPeerDown,
  bgpNotExpected,
  routesMissing,
];
const ofTunnels: readonly Trouble[] = [
  tunnelMissing,
  duplicateTunnelAddress,
  vxlanBlocked,
  ipipBlocked,
  podAddressesBlocked,
  checksumOffload,
  wireguardSilent,
  wireguardNoKey,
];
const ofHosts: readonly Trouble[] = [rpFilter, networkManager, firewallActive, iptablesMixed, conntrackFull];

export const troubles: readonly Trouble[] = [
  ...ofNodes,
  ...ofSize,
  ...ofAddresses,
  ...ofBgp,
  ...ofTunnels,
  ...ofHosts,
  dnsBroken,
  ...policyTroubles,
];
