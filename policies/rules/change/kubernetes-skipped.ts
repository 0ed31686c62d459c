import { releases } from '../../../cluster/releases.ts';
import type { Rule } from '../subject.ts';
import { against } from '../variables.ts';
import { guide } from './fixed.ts';
import { minorOf, minorsBetween } from './minors.ts';

export const kubernetesSkipped: Rule = {
  code: 'kubernetes-skipped',
  title: 'Kubernetes goes up one minor at a time',
  class: 'refused',
  description:
    'kubeadm upgrades to the next minor and no further: the playbook fails with the first control-plane node cordoned.',
  reference:
    'kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade; kubespray v2.31.0 docs/operations/upgrades.md',
  judge({ change }) {
    if (change === undefined) return [];
    const [before, after] = [change.applied.release.kubernetes, change.desired.release.kubernetes];
    const between = minorsBetween(before, after);
    if (between.length === 0) return [];
    const way = [...between.map((minor) => newest(minor)), after].join(', then ');
    const message = `the cluster runs Kubernetes ${before}, and ${after} is ${between.length + 1} minors on`;
    const hint = `Write kubernetes.version: ${newest(between[0] as string)} first; the way is ${way}, each with an \`up\` of its own (${guide('upgrade')}).`;
    return [against(kubernetesSkipped, 'kubernetes.version', message, hint)];
  },
};

/** The newest version of a minor that a known release installs, or the minor alone. */
function newest(minor: string): string {
  const versions = releases.findLast(({ kubernetesVersions }) =>
    kubernetesVersions.some((one) => minorOf(one) === minor),
  );
  return versions?.kubernetesVersions.find((one) => minorOf(one) === minor) ?? minor;
}
