import { apiOf } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed } from '../words.ts';

export const nodeAbsent: Trouble = {
  code: 'node-absent',
  title: 'A node of the stack is not in the cluster',
  judge(subject) {
    const absent = subject.cluster.nodes.filter(({ name }) => subject.symptoms.includes(symptom.nodeAbsent(name)));
    if (absent.length === 0) return [];
    const names = absent.map(({ name }) => name);
    const finding: Diagnosis = {
      code: nodeAbsent.code,
      severity: 'failing',
      message: `${listed(names)} ${names.length === 1 ? 'is' : 'are'} declared, and not in the cluster`,
      nodes: names,
      evidence: [`API: nodes: ${listed((apiOf(subject)?.nodes ?? []).map(({ name }) => name))}`],
      why: 'No pod runs there; whoever counts on its room counts wrongly.',
      mend: [{ on: 'the workstation', command: 'calispray up --stack NAME' }],
      explains: subject.symptoms.filter((one) => names.some((name) => about(one, name))),
      reference: 'kubespray v2.31.0 docs/operations/nodes.md',
    };
    return [finding];
  },
};

/** What cannot be otherwise before it has joined. */
function about(one: string, name: string): boolean {
  return (
    [symptom.nodeAbsent(name), symptom.bird(name)].includes(one) ||
    one.startsWith(`bgp ${name}→`) ||
    one.endsWith(`→${name} missing`)
  );
}
