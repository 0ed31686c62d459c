import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, sentence, toSet, valueIn } from '../variables.ts';

export const kataDocker: Rule = {
  code: 'kata-docker',
  title: 'Kata Containers run under containerd or CRI-O',
  class: 'refused',
  description: 'kubespray stops at kata_containers_enabled with container_manager docker.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:188',
  judge(subject) {
    const isOn = isTruthy(valueIn(subject, 'kata_containers_enabled'));
    if (!isOn || valueIn(subject, 'container_manager') !== 'docker') return [];
    const hint = sentence(`${toSet(subject, 'container_manager', 'containerd')}, or leave Kata out`);
    const path = pathOf(subject, 'kata_containers_enabled');
    return [against(kataDocker, path, 'Kata Containers are on, and container_manager is docker', hint)];
  },
};
