import type { Rule } from '../subject.ts';
import { against, isOn, isYes, saidIn, sentence, toSet } from '../variables.ts';

/** The family of Red Hat, whose systems read `redhat.yml` unless a file has their name and version. */
const RED_HAT = ['rhel', 'centos', 'rocky', 'almalinux', 'ol'];
/** Versions with a file of their own: redhat-9.yml, centos-9.yml, rocky-9.yml. */
const OWN_FILE = ['rhel-9', 'centos-9', 'rocky-9'];

export const wireguardPackages: Rule = {
  code: 'wireguard-packages',
  title: 'WireGuard’s packages exist for every node’s system',
  class: 'refused',
  description:
    'kubespray chooses packages by the name of the system. Where it has no file of that name, family Red Hat gets wireguard-dkms, whose repository it adds below version 9 alone, and which there needs EPEL: the installation of the network stops. Its choice beats group_vars; only -e beats it.',
  reference:
    'kubespray v2.31.0 roles/network_plugin/calico/tasks/pre.yml:24, tasks/repos.yml:18, vars/redhat.yml, docs/CNI/calico.md:422',
  judge(subject) {
    const { extraVars = {}, hosts } = subject;
    if (!isOn(subject, 'calico_wireguard_enabled') || Object.hasOwn(extraVars, 'calico_wireguard_packages')) return [];
    const epel = saidIn(subject, 'epel_enabled');
    return hosts.flatMap(({ name, os = '' }) => {
      const [, id = '', major = ''] = /^([a-z-]+)-(\d+)/.exec(os) ?? [];
      const lacks = lacking(id, Number(major), isYes(epel));
      if (lacks === undefined) return [];
      const message = `${name} runs ${os}, ${lacks}`;
      const hint =
        lacks === NO_EPEL
          ? sentence(toSet(subject, 'epel_enabled', true))
          : `Pass -e '{"calico_wireguard_packages": ["wireguard-tools"]}' to Ansible.`;
      return [against(wireguardPackages, `nodes.${name}.os`, message, hint)];
    });
  },
};

const NO_EPEL = 'whose wireguard-dkms needs EPEL';

/** What stands in the way of the packages that kubespray chooses; undefined where nothing does, or it is not known. */
function lacking(id: string, major: number, hasEpel: boolean): string | undefined {
  if (id === 'amzn') return major > 2 ? 'for which there is no repository of wireguard-dkms' : undefined;
  if (!RED_HAT.includes(id) || OWN_FILE.includes(`${id}-${major}`)) return undefined;
  if (major >= 9) return 'for which there is no repository of wireguard-dkms';
  return hasEpel ? undefined : NO_EPEL;
}
