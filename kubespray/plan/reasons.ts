import { inline } from '../../cluster/inline.ts';
import { encapsulationIn } from './encapsulation.ts';
import type { Ground } from './steps.ts';
import type { Difference, Facts, StepKind } from './types.ts';
import { named } from './words.ts';

/** Why a step is there: one sentence. */
export function reasonOf(
  kind: StepKind,
  found: readonly Difference[],
  hosts: readonly string[],
  ground: Ground,
): string {
  const paths = named([...new Set(found.map(({ path }) => path))]);
  const { applied, desired } = ground;
  switch (kind) {
    case 'build':
      return 'Nothing was carried out yet.';
    case 'upgrade':
      return `${sentence(applied?.release, desired.release)}.`;
    case 'migrate':
      return `The encapsulation goes from ${inline(applied && encapsulationIn(applied))} to ${inline(encapsulationIn(desired))}, as declared.`;
    case 'converge':
      return `Only the whole playbook carries out ${paths}.`;
    case 'calico':
      return `Calico's own part carries out ${paths}.`;
    case 'label':
      return `Other labels or taints: ${paths}.`;
    case 'join':
    case 'join-control-plane':
    case 'join-etcd':
      return `Declared, and not of the cluster yet: ${named(hosts)}.`;
    case 'remove':
      return `No longer declared: ${named(hosts)}.`;
    case 'remove-dead':
      return `Gone for good, as kubespray.removeDead says: ${named(hosts)}.`;
    case 'unpeer':
      return `No longer declared, and kubespray would leave it: ${named(found.flatMap(({ peer }) => peer ?? []))}.`;
    case 'reset':
      return 'The cluster is to be taken apart.';
  }
}

function sentence(before: Facts['release'] | undefined, after: Facts['release']): string {
  const becomes = (what: string, was: string | undefined, is: string) =>
    was === is ? [] : [`${what} ${was} becomes ${is}`];
  return [
    ...becomes('kubespray', before?.version, after.version),
    ...becomes('Kubernetes', before?.kubernetes, after.kubernetes),
  ].join(', ');
}
