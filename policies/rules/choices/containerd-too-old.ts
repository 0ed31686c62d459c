import { compareVersions } from '../release/versions.ts';
import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

const LEAST = '1.3.7';

export const containerdTooOld: Rule = {
  code: 'containerd-too-old',
  title: 'containerd is 1.3.7 or newer',
  class: 'refused',
  description: 'kubespray stops with “containerd_version is too low”; latest, edge and stable are not compared.',
  reference:
    'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:200, roles/kubespray_defaults/vars/main/main.yml:25',
  judge(subject) {
    const version = valueIn(subject, 'containerd_version');
    if (valueIn(subject, 'container_manager') !== 'containerd') return [];
    if (!((compareVersions(version, LEAST) ?? 0) < 0)) return [];
    const path = pathOf(subject, 'containerd_version');
    const hint = `Leave it out, or write ${LEAST} or newer.`;
    return [against(containerdTooOld, path, `containerd_version is ${show(version)}`, hint)];
  },
};
