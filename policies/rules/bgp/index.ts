import type { Rule } from '../subject.ts';
import { advertiseDualStack } from './advertise-dual-stack.ts';
import { advertisedRanges } from './advertised-ranges.ts';
import { asNumber } from './as-number.ts';
import { bgpWithoutBird } from './bgp-without-bird.ts';
import { localAsUnread } from './local-as-unread.ts';
import { peerIncomplete } from './peer-incomplete.ts';
import { peerOptionsUnread } from './peer-options-unread.ts';
import { peerTwice } from './peer-twice.ts';
import { peersHidden } from './peers-hidden.ts';
import { reflectorClusterId } from './reflector-cluster-id.ts';
import { routerPeers } from './router-peers.ts';

/** Peers, reflectors and what they are told. */
export const bgp: readonly Rule[] = [
  peerIncomplete,
  asNumber,
  reflectorClusterId,
  advertisedRanges,
  bgpWithoutBird,
  routerPeers,
  peerOptionsUnread,
  peersHidden,
  peerTwice,
  localAsUnread,
  advertiseDualStack,
];
