import { release } from '../../../cluster/releases.ts';
import type { Facts } from '../../../kubespray/plan/types.ts';
import { compareVersions } from '../release/versions.ts';
import type { Rule } from '../subject.ts';
import { against } from '../variables.ts';
import { guide } from './fixed.ts';

export const downgrade: Rule = {
  code: 'downgrade',
  title: 'Versions go up',
  class: 'refused',
  description:
    'Neither Kubernetes nor Calico goes back to what it was: objects are stored in forms that the older one does not know.',
  reference: 'kubernetes.io/releases/version-skew-policy; kubespray v2.31.0 docs/operations/upgrades.md',
  judge({ change }) {
    if (change === undefined) return [];
    const { applied, desired } = change;
    const versions = [
      { what: 'kubespray', path: 'kubespray.version', before: applied.release.version, after: desired.release.version },
      {
        what: 'Kubernetes',
        path: 'kubernetes.version',
        before: applied.release.kubernetes,
        after: desired.release.kubernetes,
      },
      { what: 'Calico', path: 'calico.version', before: calicoOf(applied), after: calicoOf(desired) },
    ];
    return versions.flatMap(({ what, path, before, after }) => {
      if (compareVersions(after, before) !== -1) return [];
      const message = `the cluster that is there has ${what} ${before}, and ${after} is older`;
      return [
        against(downgrade, path, message, `Write ${before}, or a newer one; ${guide('upgrade')} has the way up.`),
      ];
    });
  },
};

/** As said, or that of the release; '' where neither is known. */
function calicoOf({ calico, release: { version } }: Facts): string {
  const { calico_version: said } = calico;
  return typeof said === 'string' ? said : (release(version)?.calico ?? '');
}
