import type { Rule } from '../subject.ts';
import { against, isOn, isTemplate, pathOf, saidIn, toSet } from '../variables.ts';

export const noServiceProxy: Rule = {
  code: 'no-service-proxy',
  title: 'Something carries services: kube-proxy or eBPF',
  class: 'harmful',
  description:
    'With kube_proxy_remove and without eBPF nothing turns the address of a service into that of a pod: not even DNS and the Kubernetes API are reached.',
  reference: 'kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:57',
  judge(subject) {
    const ebpf = saidIn(subject, 'calico_bpf_enabled');
    if (!isOn(subject, 'kube_proxy_remove') || isTemplate(ebpf) || ebpf) return [];
    const path = pathOf(subject, 'kube_proxy_remove');
    const hint = `Keep kube-proxy, or ${toSet(subject, 'calico_bpf_enabled', true)}.`;
    return [against(noServiceProxy, path, 'there is no kube-proxy, and eBPF is off', hint)];
  },
};
