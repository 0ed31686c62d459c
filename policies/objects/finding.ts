/** What a rule over objects found, as a finding: with its field as a path into the stack file where the object stands there. */
import type { Finding } from '../../cluster/finding.ts';
import { originOf, pathFrom } from './origin.ts';
import type { DeclaredWorld, KubernetesObject, ObjectFinding, ObjectRule } from './rule.ts';

export function findingFrom(
  rule: ObjectRule,
  { urn, path, message, hint, mend }: ObjectFinding,
  { objects, worlds }: { readonly objects: readonly KubernetesObject[]; readonly worlds: readonly DeclaredWorld[] },
): Finding {
  const object = objects.find((each) => each.urn === urn);
  const origin = object === undefined ? undefined : originOf(object, worlds);
  return {
    code: rule.code,
    class: rule.class,
    path: origin === undefined ? path : pathFrom(origin, path),
    message,
    hint,
    ...(mend === undefined ? {} : { mend }),
    ...(rule.reference === '' ? {} : { reference: rule.reference }),
  };
}
