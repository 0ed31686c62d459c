import { contains, range } from '../../cluster/cidr.ts';
import type { Rule } from './subject.ts';
import { against, pathOf, poolCidr, show, valueIn } from './variables.ts';

export const poolInsidePods: Rule = {
  code: 'pool-inside-pods',
  title: 'The pool lies inside the pod range',
  class: 'refused',
  description:
    'kubespray stops with “is not within or equal to”, but only after etcd, the control plane and the joining of the nodes: about fifteen minutes in.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:89',
  judge(subject) {
    const cidr = poolCidr(subject);
    const pods = valueIn(subject, 'kube_pods_subnet');
    const [pool, outer] = [range(cidr), range(pods)];
    if (pool === undefined || outer === undefined || contains(outer, pool)) return [];
    return [
      against(
        poolInsidePods,
        pathOf(subject, 'calico_pool_cidr'),
        `the pool ${show(cidr)} is not inside the pod range ${show(pods)}`,
        `Take a part of ${show(pods)}, or widen ${pathOf(subject, 'kube_pods_subnet')}.`,
      ),
    ];
  },
};
