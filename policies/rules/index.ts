import type { Finding } from '../../cluster/finding.ts';
import { bgpWithoutBird } from './bgp-without-bird.ts';
import { blockLargerThanPool } from './block-larger-than-pool.ts';
import { blockSize } from './block-size.ts';
import { blocksForNodes } from './blocks-for-nodes.ts';
import { booleanAsText } from './boolean-as-text.ts';
import { checksOff } from './checks-off.ts';
import { datastore } from './datastore.ts';
import { encapsulationBackend } from './encapsulation-backend.ts';
import { encapsulationExclusive } from './encapsulation-exclusive.ts';
import { etcdMembers } from './etcd-members.ts';
import { hostAddresses } from './host-addresses.ts';
import { hostKeyAcceptNew } from './host-key-accept-new.ts';
import { hostKeyMissing } from './host-key-missing.ts';
import { ignoredVariable } from './ignored-variable.ts';
import { installableVersions } from './installable-versions.ts';
import { ipv6Ipip } from './ipv6-ipip.ts';
import { kubesprayVersion } from './kubespray-version.ts';
import { mistypedVariable } from './mistyped-variable.ts';
import { mtuAboveEncapsulation } from './mtu-above-encapsulation.ts';
import { mtuBelowBest } from './mtu-below-best.ts';
import { mtuWithoutEffect } from './mtu-without-effect.ts';
import { needsKdd } from './needs-kdd.ts';
import { networkPlugin } from './network-plugin.ts';
import { peerIncomplete } from './peer-incomplete.ts';
import { poolInsidePods } from './pool-inside-pods.ts';
import { poolName } from './pool-name.ts';
import { rangeUnreadable } from './range-unreadable.ts';
import { rangesApart } from './ranges-apart.ts';
import { reflectorClusterId } from './reflector-cluster-id.ts';
import { removedVariable } from './removed-variable.ts';
import { routerPeers } from './router-peers.ts';
import { complete, type Rule, type Subject } from './subject.ts';
import { typhaSecure } from './typha-secure.ts';

export { complete, type HostKeyState, type Rule, type Subject } from './subject.ts';

/** Every rule, in the order of the reference (docs/rules.md): what is refused, what harms, advice. */
export const rules: readonly Rule[] = [
  kubesprayVersion,
  installableVersions,
  etcdMembers,
  networkPlugin,
  removedVariable,
  datastore,
  needsKdd,
  typhaSecure,
  encapsulationExclusive,
  ipv6Ipip,
  rangeUnreadable,
  poolName,
  poolInsidePods,
  blockSize,
  blockLargerThanPool,
  peerIncomplete,
  reflectorClusterId,
  rangesApart,
  hostAddresses,
  blocksForNodes,
  encapsulationBackend,
  bgpWithoutBird,
  routerPeers,
  mtuAboveEncapsulation,
  mtuWithoutEffect,
  ignoredVariable,
  booleanAsText,
  checksOff,
  mistypedVariable,
  mtuBelowBest,
  hostKeyAcceptNew,
  hostKeyMissing,
];

/** All that is wrong with a subject, in the order of the rules; a subject of another program may lack anything. */
export function judge(subject: Partial<Subject>): Finding[] {
  const whole = complete(subject);
  return rules.flatMap((rule) => rule.judge(whole));
}
