import { apiOf, controlPlane } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed } from '../words.ts';

export const nodeNotReady: Trouble = {
  code: 'node-not-ready',
  title: 'A node answers, and Kubernetes does not have it ready',
  judge(subject) {
    const { nodes, symptoms, evidence } = subject;
    return [...nodes].flatMap(([name, { active }]): Diagnosis[] => {
      if (!symptoms.includes(symptom.nodeNotReady(name))) return [];
      const runtimes = ['containerd', 'crio', 'docker'];
      const missing = [
        ...(active.includes('kubelet') ? [] : ['kubelet']),
        ...(runtimes.some((one) => active.includes(one)) ? [] : ['containerd']),
      ];
      const down = evidence.lab ? [] : missing;
      const pods = (apiOf(subject)?.pods ?? []).filter(({ node, ready }) => node === name && !ready);
      return [
        {
          code: nodeNotReady.code,
          severity: 'broken',
          message: `${name} is not ready${down.length === 0 ? '' : `: ${listed(down)} ${down.length === 1 ? 'does' : 'do'} not run there`}`,
          nodes: [name],
          evidence: [
            `API: node ${name}: Ready is not True`,
            ...down.map((unit) => `${name}: ${unit} is not active (systemctl)`),
          ],
          why: 'No pod is started there, and after five minutes those that run are made anew elsewhere.',
          mend: [
            { on: controlPlane(subject), command: `sudo kubectl describe node ${name}` },
            { on: name, command: 'sudo journalctl -u kubelet -n 50 --no-pager' },
            ...down.map((unit) => ({ on: name, command: `sudo systemctl restart ${unit}` })),
          ],
          // What is told of its pods is what the kubelet said last.
          explains: [
            symptom.nodeNotReady(name),
            ...(down.includes('kubelet')
              ? pods.flatMap(({ pod }) => [symptom.pod(pod), symptom.calicoNode(name)])
              : []),
          ].filter((one, at, all) => symptoms.includes(one) && all.indexOf(one) === at),
          reference: 'https://kubernetes.io/docs/reference/node/node-status/#condition',
        },
      ];
    });
  },
};
