/** What the rules over objects have against a cluster, without any engine. */
import type { Finding, FindingClass } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Subject } from '../rules/subject.ts';
import { declaredBy } from './declared.ts';
import { findingFrom } from './finding.ts';
import { objectRules } from './index.ts';

/** `subject` is what kubespray is told, of `subjectOf`. `only`: the rules of one class. In the order of the rules. */
export function judgeObjects(cluster: Cluster, subject: Subject, only?: FindingClass): Finding[] {
  const declared = declaredBy(cluster, subject);
  return objectRules
    .filter((rule) => only === undefined || rule.class === only)
    .flatMap((rule) => rule.judge(declared).map((found) => findingFrom(rule, found, declared)));
}
