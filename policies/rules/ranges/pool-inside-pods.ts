import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';
import { type Family, ipv4, isInside, poolCidr, rangeIn } from './family.ts';

export const poolInsidePods: Rule = {
  code: 'pool-inside-pods',
  title: 'The pool lies inside the pod range',
  class: 'refused',
  description:
    'kubespray stops with “is not within or equal to”, but only after etcd, the control plane and the joining of the nodes: about fifteen minutes in.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:89',
  judge: (subject) => poolOutside(poolInsidePods, subject, ipv4),
};

export function poolOutside(rule: Rule, subject: Subject, family: Family): Finding[] {
  const cidr = poolCidr(subject, family);
  const pods = valueIn(subject, family.pods);
  const [pool, outer] = [rangeIn(family, cidr), rangeIn(family, pods)];
  if (!family.isOn(subject) || pool === undefined || outer === undefined || isInside(outer, pool)) return [];
  const message = `the pool ${show(cidr)} is not inside the pod range ${show(pods)}`;
  const hint = `Take a part of ${show(pods)}, or widen ${pathOf(subject, family.pods)}.`;
  return [against(rule, pathOf(subject, family.pool), message, hint)];
}
