import type { Rule } from '../subject.ts';
import { against, isOn, pathOf, sentence, show, toSet, valueIn } from '../variables.ts';

export const nftablesProxy: Rule = {
  code: 'nftables-proxy',
  title: 'Calico and kube-proxy use nftables together',
  class: 'harmful',
  description:
    'Calico’s nftables data plane works with a kube-proxy of mode nftables alone: beside ipvs or iptables, services of pods with policies are dropped or pass unchecked.',
  reference: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/nftables',
  judge(subject) {
    const mode = valueIn(subject, 'kube_proxy_mode');
    if (valueIn(subject, 'calico_nftable_mode') !== 'Enabled' || mode === undefined || mode === 'nftables') return [];
    if (isOn(subject, 'kube_proxy_remove')) return [];
    const path = pathOf(subject, 'calico_nftable_mode');
    const message = `Calico uses nftables, and kube_proxy_mode is ${show(mode)}`;
    return [against(nftablesProxy, path, message, sentence(toSet(subject, 'kube_proxy_mode', 'nftables')))];
  },
};
