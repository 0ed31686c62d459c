import type { Rule } from '../subject.ts';
import { against, pathOf } from '../variables.ts';
import { isFrom, REFUSED } from './known-variables.ts';

export const removedVariable: Rule = {
  code: 'removed-variable',
  title: 'No variable that kubespray refuses by its name',
  class: 'refused',
  description:
    'kubespray stops where ipip, ipip_mode, calcio_ipam_autoallocateblocks, (since v2.31.0) kubelet_static_pod_path or (up to v2.28.1) etcd_kubeadm_enabled is defined, whatever it holds.',
  reference:
    'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:2, roles/validate_inventory/tasks/main.yml:9',
  judge(subject) {
    return REFUSED.flatMap(({ name, from, until, reason, hint }) => {
      if (!Object.hasOwn(subject.variables, name)) return [];
      const version = subject.kubespray?.version;
      if (from !== undefined && !isFrom(version, from)) return [];
      if (until !== undefined && isFrom(version, until)) return [];
      return [against(removedVariable, pathOf(subject, name), `kubespray refuses ${name}, ${reason}`, hint)];
    });
  },
};
