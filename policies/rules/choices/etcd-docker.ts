import type { Rule } from '../subject.ts';
import { against, pathOf, show, toSet, valueIn } from '../variables.ts';

export const etcdDocker: Rule = {
  code: 'etcd-docker',
  title: 'etcd runs in Docker only where Docker runs',
  class: 'refused',
  description: 'kubespray stops at etcd_deployment_type docker with any container_manager but docker.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:171',
  judge(subject) {
    const manager = valueIn(subject, 'container_manager');
    if (valueIn(subject, 'etcd_deployment_type') !== 'docker' || manager === undefined || manager === 'docker')
      return [];
    const path = pathOf(subject, 'etcd_deployment_type');
    const message = `etcd_deployment_type is docker, and container_manager is ${show(manager)}`;
    return [against(etcdDocker, path, message, `Write host, or ${toSet(subject, 'container_manager', 'docker')}.`)];
  },
};
