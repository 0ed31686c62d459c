import type { Rule } from '../subject.ts';
import { against, isOn, numberIn, pathOf, saidIn } from '../variables.ts';

export const ebpfApiserverPort: Rule = {
  code: 'ebpf-apiserver-port',
  title: 'With eBPF, the local balancer of the API server has the API server’s port',
  class: 'harmful',
  description:
    'Calico’s eBPF reaches the Kubernetes API by way of the balancer on each node, and can do so only where both listen on one port.',
  reference: 'kubespray v2.31.0 docs/CNI/calico.md:384',
  judge(subject) {
    if (!isOn(subject, 'calico_bpf_enabled') || saidIn(subject, 'loadbalancer_apiserver') !== undefined) return [];
    const local = numberIn(subject, 'loadbalancer_apiserver_port');
    const said = saidIn(subject, 'kube_apiserver_port');
    const server = said === undefined ? 6443 : numberIn(subject, 'kube_apiserver_port');
    if (Number.isNaN(local) || Number.isNaN(server) || local === server) return [];
    const path = pathOf(subject, 'loadbalancer_apiserver_port');
    return [
      against(ebpfApiserverPort, path, `the balancer has port ${local}, the API server ${server}`, `Write ${server}.`),
    ];
  },
};
