import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

const METHOD = /^(first-found|kubernetes-internal-ip|(can-reach|interface|skip-interface|cidr)=\S.*)$/;

export const autodetectionMethod: Rule = {
  code: 'autodetection-method',
  title: 'The way to find a node’s address is one that Calico knows',
  class: 'harmful',
  description:
    'calico-node stops at a method that it does not know, on every node, and no pod gets a network. An interface is written interface=eth.*, not eth0 alone.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:304, :326',
  judge(subject) {
    return ['calico_ip_auto_method', 'calico_ip6_auto_method'].flatMap((name) => {
      const method = valueIn(subject, name);
      if (method === undefined || (typeof method === 'string' && METHOD.test(method))) return [];
      const hint =
        'Write first-found, kubernetes-internal-ip, can-reach=ADDRESS, interface=REGEX, skip-interface=REGEX or cidr=RANGE.';
      return [against(autodetectionMethod, pathOf(subject, name), `${name} is ${show(method)}`, hint)];
    });
  },
};
