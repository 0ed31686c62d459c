import type { Rule } from '../subject.ts';
import { strictArp } from './strict-arp.ts';

export const metallbStrictArp: Rule = {
  code: 'metallb-strict-arp',
  title: 'MetalLB has strict ARP under ipvs',
  class: 'refused',
  description: 'kubespray stops with “MetalLB require kube_proxy_strict_arp = true”, among its last tasks.',
  reference: 'kubespray v2.31.0 roles/kubernetes-apps/metallb/tasks/main.yml:2',
  judge: (subject) => strictArp(metallbStrictArp, subject, 'metallb_enabled', 'MetalLB'),
};
