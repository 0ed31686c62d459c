import type { Rule } from '../subject.ts';
import { against, hasKnownGroups } from '../variables.ts';

export const controlPlaneMissing: Rule = {
  code: 'control-plane-missing',
  title: 'There is a control plane',
  class: 'refused',
  description:
    'kubespray stops at an empty or missing group kube_control_plane; releases after v2.31.0 let a missing one pass, and stop later without a reason.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:20',
  judge(subject) {
    if (!hasKnownGroups(subject)) return [];
    if (subject.hosts.some((host) => host.groups.includes('kube_control_plane'))) return [];
    const hint = 'Give one the role control-plane.';
    return [against(controlPlaneMissing, 'nodes', 'no host is in kube_control_plane', hint)];
  },
};
