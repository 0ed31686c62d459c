import { restartCalico } from '../mend.ts';
import { apiOf } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { counted, listed, shortened } from '../words.ts';

export const routesMissing: Trouble = {
  code: 'routes-missing',
  title: 'A node has no route to the pods of another',
  judge(subject) {
    const open = new Set(subject.symptoms);
    const blocks = apiOf(subject)?.blocks ?? [];
    return [...subject.nodes].flatMap(([name]): Diagnosis[] => {
      const missing = blocks.filter(({ cidr }) => open.has(symptom.route(name, cidr)));
      if (missing.length === 0) return [];
      const others = new Set(missing.map(({ node }) => node));
      const deaf = subject.evidence.paths.filter(
        ({ layer, from, to }) =>
          layer === 'pod' && ((from === name && others.has(to)) || (to === name && others.has(from))),
      );
      const symptoms = [...missing.map(({ cidr }) => symptom.route(name, cidr)), ...deaf.map(symptom.silent)];
      return [
        {
          code: routesMissing.code,
          severity: 'broken',
          message: `${name} has no route to ${counted(missing.length, 'block')} of ${listed([...others].map(String))}`,
          nodes: [name],
          evidence: shortened(
            missing.map(({ cidr, node }) => `${name}: ip route: nothing to ${cidr} (block of ${node}, API)`),
          ),
          why: 'What is sent there leaves by the default route, and is lost.',
          mend: [{ on: name, command: 'ip route | grep -E "bird|proto 80"' }, restartCalico(subject, name)],
          explains: [...new Set(symptoms)].filter((one) => open.has(one)),
          inferred: true,
          reference:
            'https://docs.tigera.io/calico/latest/operations/troubleshoot/troubleshooting#check-bgp-peer-status',
        },
      ];
    });
  },
};
