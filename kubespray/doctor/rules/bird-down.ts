import { restartCalico } from '../mend.ts';
import { runsBird, sessionsAt } from '../seen.ts';
import { aboutNode, symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';

export const birdDown: Trouble = {
  code: 'bird-down',
  title: 'BIRD does not run on a node',
  judge(subject) {
    if (!runsBird(subject)) return [];
    return [...subject.nodes].flatMap(([name, node]): Diagnosis[] => {
      if (!subject.symptoms.includes(symptom.bird(name))) return [];
      const problems = node.bird.flatMap(({ problem }) => (problem === null ? [] : [problem]));
      const address = subject.cluster.nodes.find((one) => one.name === name)?.address;
      const others = [...subject.nodes].flatMap(([other, seen]) =>
        sessionsAt(seen)
          .filter(({ peer, established }) => peer === address && !established)
          .map(({ state }) => `${other}: BGP session to ${address}: ${state} (BIRD)`),
      );
      const beyond = [
        symptom.nodeSilent(name),
        symptom.nodeNotReady(name),
        symptom.apiFrom(name),
        symptom.calicoNode(name),
      ];
      return [
        {
          code: birdDown.code,
          severity: 'broken',
          message: `BIRD does not ${problems.length === 0 ? 'run' : 'answer'} on ${name}`,
          nodes: [name],
          evidence: [
            problems.length === 0
              ? `${name}: there is no socket of BIRD in /var/run/calico`
              : `${name}: ${problems[0]}`,
            ...(node.listening.includes('tcp/179') ? [] : [`${name}: nothing listens on tcp/179`]),
            ...others,
          ],
          why: 'Nobody is told of the pods there, and the node is told of nobody’s: routes go away with the sessions.',
          mend: [restartCalico(subject, name)],
          explains: aboutNode(subject, name).filter((one) => !beyond.includes(one) && !one.startsWith('pod ')),
          reference:
            'https://docs.tigera.io/calico/latest/operations/troubleshoot/troubleshooting#check-bgp-peer-status',
        },
      ];
    });
  },
};
