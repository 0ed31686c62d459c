import type { Rule } from '../subject.ts';
import { against, isOn, pathOf, sentence, toSet, valueIn } from '../variables.ts';

export const ebpfKubeProxy: Rule = {
  code: 'ebpf-kube-proxy',
  title: 'eBPF comes to a cluster without the leavings of kube-proxy',
  class: 'advice',
  description:
    'With eBPF kubespray installs no kube-proxy, but takes none away: on a running cluster its DaemonSet and the rules of ipvs stay, and Calico cannot clean up after ipvs.',
  reference: 'kubespray v2.31.0 docs/CNI/calico.md:364, roles/kubespray_defaults/defaults/main/main.yml:55',
  judge(subject) {
    const isRemoved = valueIn(subject, 'kube_proxy_remove') === true;
    if (!isOn(subject, 'calico_bpf_enabled') || isRemoved || valueIn(subject, 'kube_proxy_mode') !== 'ipvs') return [];
    if (Object.hasOwn(subject.variables, 'kube_proxy_remove') && valueIn(subject, 'kube_proxy_remove') === undefined)
      return [];
    const path = pathOf(subject, 'calico_bpf_enabled');
    const hint = sentence(
      `${toSet(subject, 'kube_proxy_remove', true)}; on a running cluster delete the DaemonSet and the rules of ipvs first`,
    );
    return [against(ebpfKubeProxy, path, 'eBPF is on beside a kube-proxy of mode ipvs', hint)];
  },
};
