import type { Rule } from '../subject.ts';
import { against, isTemplate, saidIn, show } from '../variables.ts';

/** What is one for the whole network; `local_as`, `peers`, addresses, labels and taints are for hosts to say. */
const WIDE =
  /^(kube_(pods_subnet|service_addresses|network_plugin|network_node_prefix|proxy_mode|version)(_ipv6)?|ipv[46]_stack|calico_(version|datastore|network_backend|ipip_mode|vxlan_(mode|vni|port)|pool_\w+|mtu|veth_mtu|bpf_enabled|wireguard_enabled|apiserver_enabled|ipam_\w+|advertise_\w+|bgp_listen_port|nftable_mode)(_ipv6)?|nat_outgoing(_ipv6)?|global_as_num|typha_enabled|typha_secure|peer_with_router|enable_network_policy|enable_nodelocaldns|nodelocaldns_ip)$/;

export const hostOverride: Rule = {
  code: 'host-override',
  title: 'What is one for the whole network is said once, for all hosts',
  class: 'harmful',
  description:
    'kubespray checks the settings of the network on the first host only (run_once): on another one a variable of the host’s own passes unseen, and configures that host, or the whole network when it is the first control plane, otherwise than the others.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:114',
  judge(subject) {
    return subject.hosts.flatMap(({ name, variables = {} }) =>
      Object.keys(variables).flatMap((variable) => {
        if (!WIDE.test(variable) || isTemplate(variables[variable])) return [];
        const [own, all] = [show(variables[variable]), saidIn(subject, variable)];
        const message = `${name} has its own ${variable}, ${own}${all === undefined ? '' : `; the others have ${show(all)}`}`;
        return [
          against(hostOverride, `nodes.${name}.${variable}`, message, 'Say it once, for all hosts, or not at all.'),
        ];
      }),
    );
  },
};
