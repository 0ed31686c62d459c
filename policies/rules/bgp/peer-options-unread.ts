import { isRecord } from '../../../cluster/raw.ts';
import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, valueIn } from '../variables.ts';

const OPTIONS = ['filters', 'sourceaddress', 'numallowedlocalasnumbers'];

export const peerOptionsUnread: Rule = {
  code: 'peer-options-unread',
  title: 'Filters and the like are said of peers of single nodes',
  class: 'harmful',
  description:
    'Of a peer of scope global kubespray passes on the address and the AS number alone: its filters, sourceaddress and numallowedlocalasnumbers are dropped, and routes go out unfiltered.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml:13, :95',
  judge(subject) {
    const peers = valueIn(subject, 'peers');
    if (!Array.isArray(peers)) return [];
    const path = pathOf(subject, 'peers');
    return peers.flatMap((peer: unknown, i) => {
      if (!isRecord(peer) || peer.scope !== 'global') return [];
      return OPTIONS.filter((name) => isSaid(name, peer[name])).map((name) => {
        const hint = 'Write scope: node, or leave scope out: every node then has the peer for itself.';
        return against(peerOptionsUnread, `${path}[${i}].${name}`, `${name} of a global peer is dropped`, hint);
      });
    });
  },
};

/** Whether it asks for something else than a peer without it has. */
function isSaid(name: string, value: unknown): boolean {
  if (name === 'filters') return Array.isArray(value) && value.length > 0;
  if (name === 'sourceaddress') return isTruthy(value) && value !== 'UseNodeIP';
  return isTruthy(value);
}
