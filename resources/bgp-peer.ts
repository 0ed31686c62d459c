import type { types } from '@pulumi/kubernetes';
import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { List } from './inputs.ts';

/** A session of BGP. Which sessions there are follows from the first group of fields; changing one of them ends the session and begins another. */
export interface BGPPeerSpec {
  /** The one node on this side, by its name. Default of Calico: every node that `nodeSelector` selects. */
  readonly node?: Input<string>;
  /** Calico selector of the nodes on this side; never beside `node`. Default of Calico: all of them. */
  readonly nodeSelector?: Input<string>;
  /** Address of the other side, with a port where it is not 179: `10.0.0.1:1790`, `[fd00::1]:1790`. Never beside `peerSelector`. Default of Calico: none. */
  readonly peerIP?: Input<string>;
  /** Calico selector of nodes that are the other side. Default of Calico: the one at `peerIP`. */
  readonly peerSelector?: Input<string>;
  /** Calico selector of pods on the node that are the other side; needs `asNumber`. Default of Calico: none. */
  readonly localWorkloadSelector?: Input<string>;
  /** AS number of the other side; left out with `peerSelector`, whose nodes have their own. Default of Calico: 0, that of the node. */
  readonly asNumber?: Input<number>;
  /** AS number of this side towards this peer. Default of Calico: that of the node. Changing it ends the session. */
  readonly localASNumber?: Input<number>;
  /** How often the own AS number may be in a path that is taken in. Default of Calico: 0. */
  readonly numAllowedLocalASNumbers?: Input<number>;
  /** Next hop that is announced. Default of Calico: Auto, the own address to other ASes and the given one within the own. */
  readonly nextHopMode?: Input<'Auto' | 'Self' | 'Keep'>;
  /** @deprecated `nextHopMode: Keep` says the same, and the two may not stand together. Default of Calico: false. */
  readonly keepOriginalNextHop?: Input<boolean>;
  /** Password of the session (TCP MD5). Default of Calico: none. Both sides must change it together. */
  readonly password?: Input<BGPPassword>;
  /** Address that the session comes from: the node's, or (`None`) what the route to the peer gives. Default of Calico: UseNodeIP. */
  readonly sourceAddress?: Input<'UseNodeIP' | 'None'>;
  /** How long routes stay while the other side starts anew, as `120s`. Default of Calico: 120 s, the protocol's own. */
  readonly maxRestartTime?: Input<string>;
  /** Networks that the peer may be away, 0 to 255: packets with a lower TTL are dropped. Default of Calico: not looked at. */
  readonly ttlSecurity?: Input<number>;
  /** Address of the gateway to a peer on another network, of `peerIP`'s family. Default of Calico: the routes that the node has. */
  readonly reachableBy?: Input<string>;
  /** BGPFilters, by name, first to last. Default of Calico: none. */
  readonly filters?: List<string>;
  /** Whether the nodes that `peerSelector` selects get the session to this side too, or another BGPPeer says it. Default of Calico: Auto. */
  readonly reversePeering?: Input<'Auto' | 'Manual'>;
}

export interface BGPPassword {
  /** Key of a Secret beside calico-node, in kube-system; calico-node must be allowed to read it. Default of Calico: none. */
  readonly secretKeyRef?: Input<PasswordKey>;
}

export interface PasswordKey {
  /** Name of the Secret. Default: none, which finds nothing. */
  readonly name?: Input<string>;
  /** Key within it. */
  readonly key: Input<string>;
  /** Whether the session may go without it where it is not there. Default: false. */
  readonly optional?: Input<boolean>;
}

export interface BGPPeerArgs {
  /** Its name. Another name is another object: the new session is there before the old one goes. */
  readonly metadata: Input<types.input.meta.v1.ObjectMeta>;
  /** Who talks to whom, and how. */
  readonly spec: Input<BGPPeerSpec>;
}

/** Sessions of BGP between nodes and routers, or nodes and nodes. Served only with the Calico API server. */
export class BGPPeer extends CustomResource {
  constructor(name: string, args: BGPPeerArgs, opts?: CustomResourceOptions) {
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'BGPPeer', ...args }, opts);
  }
}
