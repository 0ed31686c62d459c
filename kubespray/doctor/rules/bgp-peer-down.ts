import type { Diagnosis, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { failedSessions, sessionLine } from './sessions.ts';

export const bgpPeerDown: Trouble = {
  code: 'bgp-peer-down',
  title: 'A router that the stack names does not speak BGP',
  judge(subject) {
    const failed = failedSessions(subject).filter(({ declared }) => declared);
    return [...new Set(failed.map(({ peer }) => peer))].map((peer): Diagnosis => {
      const sessions = failed.filter((one) => one.peer === peer);
      return {
        code: bgpPeerDown.code,
        severity: 'broken',
        message: `the peer ${peer} has no BGP session with ${listed(sessions.map(({ node }) => node))}`,
        nodes: sessions.map(({ node }) => node),
        evidence: shortened(sessions.map(sessionLine)),
        why: 'With peers kubespray switches the mesh off: routes come from them alone, and what is outside learns of pods and Services from them.',
        mend: [
          {
            on: peer,
            command: `accept BGP from ${subject.cluster.network.nodes}, AS ${subject.cluster.network.bgp.as}`,
          },
        ],
        explains: sessions.map((one) => one.symptom),
        inferred: true,
        reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/peer_with_router.yml',
      };
    });
  },
};
