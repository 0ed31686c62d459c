import type { Rule } from '../subject.ts';
import { against, either, pathOf, show, valueIn } from '../variables.ts';

/** Words that Calico v3.29 to v3.31 takes, by variable. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  calico_bpf_log_level: ['', 'Off', 'Info', 'Debug'],
  calico_bpf_service_mode: ['Tunnel', 'DSR'],
  calico_endpoint_to_host_action: ['RETURN', 'ACCEPT', 'DROP'],
  calico_felix_chaininsertmode: ['Insert', 'Append'],
  calico_felix_floating_ips: ['Disabled', 'Enabled'],
  calico_felix_log_severity_screen: ['Trace', 'Debug', 'Info', 'Warning', 'Error', 'Fatal'],
  calico_iptables_backend: ['Auto', 'Legacy', 'NFT'],
  calico_nftable_mode: ['Disabled', 'Enabled', 'Auto'],
  calico_loglevel: ['debug', 'info', 'warning', 'error', 'fatal'],
};

export const unknownSetting: Rule = {
  code: 'unknown-setting',
  title: 'Calico’s settings have values that Calico knows',
  class: 'harmful',
  description:
    'kubespray hands them on unread. calicoctl refuses a wrong word in Felix’s configuration at the end of the installation; Felix passes over one in its environment, and keeps its default.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:160, templates/calico-node.yml.j2:245',
  judge(subject) {
    return Object.entries(WORDS).flatMap(([name, words]) => {
      const value = valueIn(subject, name);
      if (value === undefined) return [];
      if (words.some((word) => typeof value === 'string' && word.toLowerCase() === value.toLowerCase())) return [];
      const hint = `Write ${either(words.filter((word) => word !== ''))}.`;
      return [against(unknownSetting, pathOf(subject, name), `${name} is ${show(value)}`, hint)];
    });
  },
};
