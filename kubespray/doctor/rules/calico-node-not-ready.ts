import { restartCalico } from '../mend.ts';
import { apiNode, apiOf, controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { aboutNode, isCalicoNode, symptom, waitsForBgp } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';

export const calicoNodeNotReady: Trouble = {
  code: 'calico-node-not-ready',
  title: 'calico-node is not ready',
  judge(subject) {
    const api = apiOf(subject);
    if (api === undefined || subject.evidence.lab) return [];
    // Of a node that is silent, or whose kubelet is, nobody knows how it is there.
    const known = (node: string) =>
      node === '' ||
      subject.nodes.get(node)?.active.includes('kubelet') === true ||
      (subject.nodes.has(node) && apiNode(subject, node)?.ready !== false);
    const found = api.pods.filter(({ pod, node, ready }) => isCalicoNode(pod) && !ready && known(node));
    return found.map(({ pod, node, phase, restarts, why }): Diagnosis => {
      const log = subject.nodes.get(node)?.log.slice(-3) ?? [];
      const waits = waitsForBgp(subject, node);
      return {
        code: calicoNodeNotReady.code,
        severity: 'broken',
        message: `calico-node is not ready on ${node === '' ? 'a node that is not chosen yet' : node}${why === '' ? '' : `: ${why}`}`,
        nodes: node === '' ? [] : [node],
        evidence: [
          `API: pod ${pod}: ${phase}, not ready, ${restarts} restarts${why === '' ? '' : `: ${why}`}`,
          ...log.map((line) => `${node}: calico-node: ${line}`),
        ],
        why: 'No route, no tunnel and no policy of that node follows what the API says, and new pods get no network.',
        mend: [
          {
            on: controlPlane(subject),
            command: `sudo kubectl -n ${pod.split('/')[0]} logs ${pod.split('/')[1]} -c calico-node --tail 50`,
          },
          restartCalico(subject, node),
        ],
        // Where it waits for its neighbors, it is not what breaks the sessions: whatever does is told instead.
        explains: waits ? [symptom.calicoNode(node)] : explained(subject, node),
        ...(waits ? { inferred: true as const } : {}),
        reference: 'https://docs.tigera.io/calico/latest/operations/troubleshoot/commands#check-calico-node-status',
      };
    });
  },
};

function explained(subject: Subject, node: string): string[] {
  const beyond = [symptom.nodeSilent(node), symptom.nodeNotReady(node), symptom.apiFrom(node)];
  return aboutNode(subject, node).filter((one) => !beyond.includes(one));
}
