import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, sentence, show, toSet, valueIn } from '../variables.ts';

export const gvisorContainerd: Rule = {
  code: 'gvisor-containerd',
  title: 'gVisor runs under containerd',
  class: 'refused',
  description: 'kubespray stops at gvisor_enabled with any other container_manager.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:194',
  judge(subject) {
    const manager = valueIn(subject, 'container_manager');
    if (!isTruthy(valueIn(subject, 'gvisor_enabled')) || manager === undefined || manager === 'containerd') return [];
    const hint = sentence(`${toSet(subject, 'container_manager', 'containerd')}, or leave gVisor out`);
    const message = `gVisor is on, and container_manager is ${show(manager)}`;
    return [against(gvisorContainerd, pathOf(subject, 'gvisor_enabled'), message, hint)];
  },
};
