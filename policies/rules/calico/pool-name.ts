import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

export const poolName: Rule = {
  code: 'pool-name',
  title: 'The pool’s name is one that Kubernetes takes',
  class: 'refused',
  description:
    'kubespray takes 2 to 63 letters, digits, hyphens, dots and underscores, capitals too; calicoctl then refuses whatever is no DNS name while the network is installed.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:97',
  judge(subject) {
    const name = valueIn(subject, 'calico_pool_name');
    if (name === undefined || (typeof name === 'string' && isName(name))) return [];
    const hint = 'Use 2 to 63 lower case letters, digits and inner hyphens: default-pool.';
    return [against(poolName, pathOf(subject, 'calico_pool_name'), `${show(name)} names no pool`, hint)];
  },
};

/** A DNS-1123 subdomain of 2 to 63 letters. */
function isName(name: string): boolean {
  if (name.length < 2 || name.length > 63) return false;
  return name.split('.').every((piece) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(piece));
}
