import { silentNodes } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed } from '../words.ts';
import { heardBy } from './paths.ts';

export const sshSilent: Trouble = {
  code: 'ssh-silent',
  title: 'A node is up, and does not let the workstation in',
  judge(subject) {
    return silentNodes(subject).flatMap(({ name, why }): Diagnosis[] => {
      const others = heardBy(subject, name);
      if (others.length === 0 || !subject.symptoms.includes(symptom.nodeSilent(name))) return [];
      const [from] = others;
      return [
        {
          code: sshSilent.code,
          severity: 'risk',
          message: `${name} does not answer over SSH, and ${listed(others)} ${others.length === 1 ? 'hears' : 'hear'} from it`,
          nodes: [name],
          evidence: [
            `${name}: SSH: ${why}`,
            ...others.map((other) => `${other}→${name}: answered (measured, node to node)`),
          ],
          why: 'Nothing of the node itself could be looked at, and no change of the stack reaches it.',
          mend: [
            {
              on: `the console of ${name}`,
              command: 'sudo systemctl status ssh sshd --no-pager; sudo ss -Hltn sport = :22',
            },
            {
              on: from as string,
              command: `ping -c 3 ${subject.cluster.nodes.find((node) => node.name === name)?.address}`,
            },
          ],
          explains: [symptom.nodeSilent(name)],
          // What narrows the way there is told in its place.
          inferred: true,
          reference: 'docs/nodes.md',
        },
      ];
    });
  },
};
