import { runsBird, sessionsAt } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed } from '../words.ts';

export const bgpNotExpected: Trouble = {
  code: 'bgp-not-expected',
  title: 'BIRD runs where nothing needs it',
  judge(subject) {
    if (runsBird(subject)) return [];
    const running = [...subject.nodes].filter(([, { bird }]) => bird.some(({ problem }) => problem === null));
    if (running.length === 0) return [];
    const names = running.map(([name]) => name);
    const sessions = running.flatMap(([name, node]) => sessionsAt(node).map(({ peer }) => symptom.session(name, peer)));
    const finding: Diagnosis = {
      code: bgpNotExpected.code,
      severity: 'risk',
      message: `BIRD runs on ${listed(names)}, and the stack’s VXLAN needs no BGP`,
      nodes: names,
      evidence: names.map((name) => `${name}: BIRD answers at its socket`),
      why: 'Routes of two authors compete for the same blocks; what BIRD tells others nobody declared.',
      mend: [{ on: 'the workstation', command: 'calispray plan --stack NAME --live' }],
      explains: sessions.filter((one) => subject.symptoms.includes(one)),
      reference: 'kubespray v2.31.0 docs/CNI/calico.md:245-263 (calico_network_backend)',
    };
    return [finding];
  },
};
