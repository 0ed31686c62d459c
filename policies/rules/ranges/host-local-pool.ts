import type { Rule } from '../subject.ts';
import { against, isOn, pathOf, show, valueIn } from '../variables.ts';
import { ipv4, rangeIn } from './family.ts';

export const hostLocalPool: Rule = {
  code: 'host-local-pool',
  title: 'With host-local IPAM, the pool is the whole pod range',
  class: 'harmful',
  description:
    'Kubernetes then gives every node a part of kube_pods_subnet, wherever the pool ends: pods outside the pool are neither encapsulated nor translated on their way out.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-config.yml.j2:51',
  judge(subject) {
    if (!ipv4.isOn(subject) || !isOn(subject, 'calico_ipam_host_local')) return [];
    const [cidr, pods] = [valueIn(subject, ipv4.pool), valueIn(subject, ipv4.pods)];
    const [pool, whole] = [rangeIn(ipv4, cidr), rangeIn(ipv4, pods)];
    // A pool outside the pod range is refused by pool-inside-pods.
    if (pool === undefined || whole === undefined || !(pool.prefix > whole.prefix)) return [];
    if (pool.first < whole.first || pool.last > whole.last) return [];
    const message = `the pool ${show(cidr)} is a part of the pod range ${show(pods)}`;
    const hint = `Write ${show(pods)} for the pool, or leave ${pathOf(subject, 'calico_ipam_host_local')} as it is by default.`;
    return [against(hostLocalPool, pathOf(subject, ipv4.pool), message, hint)];
  },
};
