import type { Rule } from '../subject.ts';
import { isTruthy, valueIn } from '../variables.ts';
import { strictArp } from './strict-arp.ts';

export const kubeVipStrictArp: Rule = {
  code: 'kube-vip-strict-arp',
  title: 'kube-vip has strict ARP under ipvs',
  class: 'refused',
  description:
    'Where kube-vip announces its address by ARP, kubespray stops with “kube-vip require kube_proxy_strict_arp = true”.',
  reference: 'kubespray v2.31.0 roles/kubernetes/node/tasks/loadbalancer/kube-vip.yml:2',
  judge: (subject) =>
    isTruthy(valueIn(subject, 'kube_vip_enabled'))
      ? strictArp(kubeVipStrictArp, subject, 'kube_vip_arp_enabled', 'kube-vip')
      : [],
};
