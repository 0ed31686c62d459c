import type { Rule } from '../subject.ts';
import { against, isTemplate, pathOf, saidIn, show } from '../variables.ts';

/** Switches of Calico and its neighbours; the four that kubespray checks itself are judged by boolean-refused. */
const BOOLEANS = [
  'auto_renew_certificates',
  'calico_advertise_cluster_ips',
  'calico_allow_ip_forwarding',
  'calico_apiserver_enabled',
  'calico_bpf_enabled',
  'calico_felix_prometheusgometricsenabled',
  'calico_felix_prometheusmetricsenabled',
  'calico_felix_prometheusprocessmetricsenabled',
  'calico_ipam_autoallocateblocks',
  'calico_ipam_host_local',
  'calico_ipam_strictaffinity',
  'calico_no_global_as_num',
  'calico_use_default_route_src_ipaddr',
  'calico_wireguard_enabled',
  'download_localhost',
  'enable_network_policy',
  'enable_nodelocaldns',
  'gvisor_enabled',
  'ignore_assert_errors',
  'ipv4_stack',
  'ipv6_stack',
  'kata_containers_enabled',
  'kube_external_ca_mode',
  'kube_proxy_remove',
  'kube_proxy_strict_arp',
  'kube_vip_arp_enabled',
  'kube_vip_enabled',
  'kubeconfig_localhost',
  'metallb_enabled',
  'nat_outgoing',
  'nat_outgoing_ipv6',
  'peer_with_router',
  'typha_enabled',
  'typha_prometheusmetricsenabled',
  'typha_secure',
];

export const booleanAsText: Rule = {
  code: 'boolean-as-text',
  title: 'Switches are true or false, not text',
  class: 'harmful',
  description: 'Ansible takes the text "false" as true in most conditions: what was to be off is on.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:48 (four others only)',
  judge(subject) {
    return BOOLEANS.flatMap((name) => {
      const value = saidIn(subject, name);
      if (value === undefined || typeof value === 'boolean') return [];
      if (isTemplate(value)) return [];
      const message = `${name} is ${typeof value === 'string' ? `the text "${show(value)}"` : show(value)}`;
      const meant = /^(true|yes|on|1)$/i.test(show(value));
      return [against(booleanAsText, pathOf(subject, name), message, `Write ${meant}, without quotes.`)];
    });
  },
};
