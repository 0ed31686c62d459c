/** BGPPeer objects: those kubespray makes it never removes, and what it does not know it leaves. */
import type { Finding } from '../../cluster/index.ts';
import type { Asked } from './drift.ts';
import type { LiveObject } from './types.ts';

const REFERENCE = 'kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml';

export function peerFindings(asked: Asked): Finding[] {
  const { cluster, live, desired, applied } = asked;
  const { peers } = live.calico;
  if (peers === null) return [];
  // A reflector with an id and a group of its own has a peer named after it (…/tasks/peer_with_calico_rr.yml:22).
  const reflectors = typeof cluster.network.bgp.topology === 'object';
  const declared = new Set(Object.keys(desired.peers));
  const made = new Set(Object.keys(applied?.peers ?? {}));
  const there = new Map(peers.map((peer) => [peer.name, peer]));
  return [
    ...peers
      // One that was carried out and is declared no more is taken off by the next up.
      .filter(({ name }) => !declared.has(name) && !made.has(name) && !(reflectors && name.endsWith('-to-node')))
      .map((peer) => stranger(peer)),
    // One that is only declared is still to be made.
    ...[...declared].filter((name) => made.has(name) && !there.has(name)).map(gone),
    ...[...declared].flatMap((name) => {
      const peer = there.get(name);
      return peer === undefined ? [] : changed(peer, desired.peers[name], applied?.peers[name]);
    }),
  ];
}

function stranger({ name, spec }: LiveObject): Finding {
  return {
    code: 'drift-peer',
    class: 'advice',
    path: 'network.bgp.peers',
    message: `the BGPPeer ${name}${toWhom(spec)} is live, and the stack does not name it: kubespray leaves it, and so do we`,
    hint: `Declare it, or take it off: calicoctl.sh delete bgppeer ${name}.`,
    reference: REFERENCE,
  };
}

function gone(name: string): Finding {
  return {
    code: 'drift-peer',
    class: 'advice',
    path: 'network.bgp.peers',
    message: `the BGPPeer ${name} was made and is not there any more: the next run of the network part makes it again`,
    hint: 'Take it out of the stack, if it is gone for good.',
    reference: REFERENCE,
  };
}

/** Address and AS, which kubespray writes of every peer. */
function changed({ name, spec }: LiveObject, declared: unknown, before: unknown): Finding[] {
  const [is, said, was] = [spec, declared, before].map(addressAndAs);
  if (said === undefined || is === said || is === was) return [];
  return [
    {
      code: 'drift-peer',
      class: 'advice',
      path: 'network.bgp.peers',
      message: `the BGPPeer ${name} is ${is} live, the stack says ${said}: the next run of the network part writes that again`,
      hint: 'Declare it as it is, or leave it to the next run.',
      reference: REFERENCE,
    },
  ];
}

/** Of a BGPPeer (`peerIP`, `asNumber`), or of a peer as kubespray's variables have it (`router_id`, `as`). */
function addressAndAs(peer: unknown): string | undefined {
  const { peerIP, asNumber, router_id, as } = (peer ?? {}) as Record<string, unknown>;
  const address = peerIP ?? router_id;
  const number = asNumber ?? as;
  return address === undefined || number === undefined ? undefined : `${String(address)} of AS ${String(number)}`;
}

function toWhom(spec: LiveObject['spec']): string {
  const whom = addressAndAs(spec);
  return whom === undefined ? '' : ` (${whom})`;
}
