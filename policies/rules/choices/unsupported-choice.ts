import type { Rule } from '../subject.ts';
import { against, either, pathOf, show, valueIn } from '../variables.ts';

const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  dns_mode: ['coredns', 'coredns_dual', 'manual', 'none'],
  kube_proxy_mode: ['ipvs', 'iptables', 'nftables'],
  cert_management: ['script', 'none'],
  resolvconf_mode: ['host_resolvconf', 'docker_dns', 'none'],
  etcd_deployment_type: ['host', 'docker', 'kubeadm'],
  container_manager: ['containerd', 'crio', 'docker'],
};

export const unsupportedChoice: Rule = {
  code: 'unsupported-choice',
  title: 'Where kubespray offers a choice, one of its words is chosen',
  class: 'refused',
  description:
    'kubespray stops with “The selected choice is not supported”, and does not say which: dns_mode, kube_proxy_mode, cert_management, resolvconf_mode, etcd_deployment_type or container_manager.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:162',
  judge(subject) {
    return Object.entries(CHOICES).flatMap(([name, words]) => {
      const value = valueIn(subject, name);
      if (value === undefined || words.includes(value)) return [];
      const hint = `Write ${either(words)}.`;
      return [against(unsupportedChoice, pathOf(subject, name), `${name} is ${show(value)}`, hint)];
    });
  },
};
