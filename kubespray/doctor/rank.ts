/** Which finding comes first: the one that explains most; what it explains as well follows from it. */
import type { Diagnosis, Report, Symptom } from './types.ts';

type Finding = Report['findings'][number];

const SEVERITY = { broken: 0, failing: 1, risk: 2 } as const;

/**
 * One after the other the finding that explains most of what is still unexplained; those of equal weight by severity, then by how much
 * they explain at all, then as they were given. One whose symptoms are all explained by a single one before it follows from that, and is told
 * there by its code; where it is concluded from them alone, that is all that is told of it.
 */
export function ranked(given: readonly Diagnosis[]): Finding[] {
  const left = [...given];
  const done: { finding: Diagnosis; follows: string[] }[] = [];
  const explained = new Set<Symptom>();
  while (left.length > 0) {
    const next = firstOf(left, explained);
    left.splice(left.indexOf(next), 1);
    const cause = next.explains.length === 0 ? undefined : done.find(({ finding }) => covers(finding, next));
    if (cause !== undefined && cause.finding.code !== next.code && !cause.follows.includes(next.code))
      cause.follows.push(next.code);
    const told = next.inferred === true && next.explains.every((one) => explained.has(one));
    if (!told || next.explains.length === 0) done.push({ finding: next, follows: [] });
    for (const one of next.explains) explained.add(one);
  }
  return done.map(({ finding, follows }) => ({ ...finding, follows }));
}

function covers(cause: Diagnosis, other: Diagnosis): boolean {
  const all = new Set(cause.explains);
  return other.explains.every((one) => all.has(one));
}

function firstOf(left: readonly Diagnosis[], explained: ReadonlySet<Symptom>): Diagnosis {
  const weight = (finding: Diagnosis) => [
    -finding.explains.filter((one) => !explained.has(one)).length,
    SEVERITY[finding.severity],
    -finding.explains.length,
  ];
  const [first] = left
    .map((finding, at) => ({ finding, order: [...weight(finding), at] }))
    .sort((a, b) => compared(a.order, b.order));
  return (first as { finding: Diagnosis }).finding;
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at === -1 ? 0 : (a[at] as number) - (b[at] as number);
}
