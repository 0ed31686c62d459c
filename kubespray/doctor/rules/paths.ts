/** Paths between nodes and between pods, by what is wrong with them and still to be explained. */
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { PathSeen } from '../types.ts';

/** Paths between nodes or pods whose symptom is (still) to be explained. */
export function pathsWith(
  { evidence, symptoms }: Pick<Subject, 'evidence' | 'symptoms'>,
  layer: PathSeen['layer'],
  symptomOf: (path: PathSeen) => string | undefined,
): PathSeen[] {
  const open = new Set(symptoms);
  return evidence.paths.filter((path) => {
    const symptom = path.layer === layer ? symptomOf(path) : undefined;
    return symptom !== undefined && open.has(symptom);
  });
}

/** Pods that are silent, where one of them is on the node. */
export function pathsThrough({ evidence, symptoms }: Pick<Subject, 'evidence' | 'symptoms'>, name: string): string[] {
  const open = new Set(symptoms);
  const mine = evidence.paths
    .filter(({ layer, from, to }) => layer === 'pod' && (from === name || to === name))
    .flatMap((path) => [symptom.silent(path), symptom.noPorts(path)]);
  return [...new Set(mine)].filter((one) => open.has(one));
}
