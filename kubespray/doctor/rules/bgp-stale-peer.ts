import { apiOf, controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { ApiNode, Diagnosis, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { failedSessions, sessionLine } from './sessions.ts';

export const bgpStalePeer: Trouble = {
  code: 'bgp-stale-peer',
  title: 'BGP is kept with somebody who is gone',
  judge(subject) {
    const unknown = failedSessions(subject).filter(({ other, declared }) => other === undefined && !declared);
    const peers = [...new Set(unknown.map(({ peer }) => peer))];
    return peers.flatMap((peer): Diagnosis[] => {
      const sessions = unknown.filter((one) => one.peer === peer);
      const node = staleNode(subject, peer);
      const object = stalePeer(subject, peer);
      // An address that a declared node is known by elsewhere is a matter of interfaces.
      if (node !== undefined && subject.cluster.nodes.some(({ name }) => name === node.name)) return [];
      const named =
        node === undefined ? (object === undefined ? '' : `, the BGPPeer ${object}`) : `, the node ${node.name}`;
      return [
        {
          code: bgpStalePeer.code,
          severity: 'failing',
          message: `${listed(sessions.map((one) => one.node))} ${sessions.length === 1 ? 'keeps' : 'keep'} a BGP session with ${peer}${named}, which the stack does not name and which does not answer`,
          nodes: node === undefined ? sessions.map((one) => one.node) : [node.name],
          evidence: shortened([
            ...sessions.map(sessionLine),
            ...(node === undefined
              ? []
              : [`API: node ${node.name} with ${peer}: Ready is ${node.ready === true ? '' : 'not '}True`]),
            ...(object === undefined ? [] : [`API: BGPPeer ${object}: peerIP = ${peer}`]),
          ]),
          why: 'calico-node is not ready while a session of its mesh is down, and routes to the pods of what is gone stay with others.',
          mend: mended(subject, node?.name, object),
          ...(node === undefined
            ? {}
            : { stack: { path: 'kubespray.removeDead', to: `[${node.name}], where it is gone for good` } }),
          explains: sessions.map((one) => one.symptom),
          reference:
            'https://docs.tigera.io/calico/latest/operations/decommissioning-a-node; kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml (peers are never deleted)',
        },
      ];
    });
  },
};

/** The node of the API with the address, as Kubernetes or Calico has it. */
function staleNode(subject: Subject, peer: string): ApiNode | undefined {
  return apiOf(subject)?.nodes.find(
    ({ internal, annotations }) =>
      internal.includes(peer) || annotations['projectcalico.org/IPv4Address']?.split('/')[0] === peer,
  );
}

function stalePeer(subject: Subject, peer: string): string | undefined {
  return apiOf(subject)?.peers.find(
    ({ spec }) => String(spec.peerIP ?? '').split(':')[0] === peer || spec.peerIP === peer,
  )?.name;
}

function mended(subject: Subject, node: string | undefined, object: string | undefined): Diagnosis['mend'] {
  const on = controlPlane(subject);
  if (node !== undefined)
    return [{ on, command: `sudo kubectl get node ${node} -o wide && sudo kubectl delete node ${node}` }];
  if (object !== undefined) return [{ on, command: `sudo calicoctl.sh delete bgppeer ${object}` }];
  return [{ on, command: 'sudo kubectl get nodes -o wide; sudo calicoctl.sh get bgppeer -o wide' }];
}
