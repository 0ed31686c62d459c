import { release } from '../../../cluster/releases.ts';
import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';
import { compareVersions } from './versions.ts';

export const kubernetesTooOld: Rule = {
  code: 'kubernetes-too-old',
  title: 'Kubernetes is no older than the release carries',
  class: 'refused',
  description:
    'A kubespray release carries three minor versions of Kubernetes, and stops at an older one: “only support newer version of Kubernetes”.',
  reference:
    'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:42, roles/kubespray_defaults/defaults/main/main.yml:31',
  judge(subject) {
    const known = release(subject.kubespray?.version);
    const version = valueIn(subject, 'kube_version');
    const least = known?.kubernetesVersions.at(-1);
    if (known === undefined || least === undefined || compareVersions(version, least) !== -1) return [];
    const message = `Kubernetes ${show(version)} is older than the ${least} that kubespray ${known.tag} starts with`;
    const hint = `Leave it out (${known.kubernetes}), or take an older kubespray release.`;
    return [against(kubernetesTooOld, pathOf(subject, 'kube_version'), message, hint)];
  },
};
