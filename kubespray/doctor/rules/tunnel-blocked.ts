/** What the ways between nodes have in common where the network drops their packets. */
import { letIn } from '../mend.ts';
import { dropsWith, encapsulationPort } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis } from '../types.ts';
import { counted, listed, shortened } from '../words.ts';
import { deafBy, pathLine, suspects } from './paths.ts';

interface Blocked {
  readonly code: string;
  readonly way: 'ipip' | 'vxlan';
  readonly what: string;
  /** As rules of a firewall name it. */
  readonly named: RegExp;
  readonly protocol: string;
  readonly port?: number;
  readonly why: string;
  readonly stack: NonNullable<Diagnosis['stack']>;
  readonly reference: string;
}

/** Shown where a firewall of a node names it; else concluded from nodes that hear each other and pods that do not. */
export function blocked(subject: Subject, by: Blocked): Diagnosis[] {
  const deaf = deafBy(subject, by.way);
  if (deaf.length === 0) return [];
  const names = [...new Set(deaf.flatMap(({ from, to }) => [from, to]))];
  const drops = names.flatMap((name) =>
    dropsWith(subject.nodes.get(name), by.named).map((line) => ({ name, line: `${name}: ${line} (firewall)` })),
  );
  const guilty = [...new Set(drops.map(({ name }) => name))];
  const nodes = guilty.length > 0 ? guilty : suspects(deaf);
  const counters = names.flatMap((name) => encapsulationPort(subject, name, by.way));
  return [
    {
      code: by.code,
      severity: 'broken',
      message:
        guilty.length > 0
          ? `the firewall of ${listed(guilty)} drops ${by.what}: pods on ${counted(names.length, 'node')} do not hear each other`
          : `pods on ${listed(names)} do not hear each other and the nodes do: ${by.what} does not get through`,
      nodes,
      evidence: shortened([...drops.map(({ line }) => line), ...counters, ...deaf.map(pathLine)]),
      why: by.why,
      mend: nodes.flatMap((name) => letIn(subject, name, by)),
      ...(guilty.length > 0 ? {} : { stack: by.stack }),
      explains: [...new Set(deaf.map(symptom.silent))],
      ...(guilty.length > 0 ? {} : { inferred: true as const }),
      reference: by.reference,
    },
  ];
}
