import { release } from '../../cluster/releases.ts';
import type { Rule } from './subject.ts';
import { against, pathOf, show, valueIn } from './variables.ts';

export const installableVersions: Rule = {
  code: 'installable-versions',
  title: 'The release can install the chosen Kubernetes and Calico',
  class: 'refused',
  description: 'kubespray knows the checksums of certain versions only; since v2.28.0 they are written without a `v`.',
  reference:
    'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:27, roles/validate_inventory/tasks/main.yml:217',
  judge(subject) {
    const known = release(subject.kubespray?.version);
    if (known === undefined) return [];
    const choices = [
      { name: 'kube_version', what: 'Kubernetes', versions: known.kubernetesVersions },
      { name: 'calico_version', what: 'Calico', versions: known.calicoVersions },
    ];
    return choices.flatMap(({ name, what, versions }) => {
      const version = valueIn(subject, name);
      if (version === undefined || versions.includes(show(version))) return [];
      const plain = show(version).replace(/^v/, '');
      const hint = versions.includes(plain)
        ? `Write ${plain}, without the v.`
        : `Leave it out (${versions[0]}), or write one from ${versions.at(-1)} to ${versions[0]} that it lists.`;
      const message = `kubespray ${known.tag} cannot install ${what} ${show(version)}`;
      return [against(installableVersions, pathOf(subject, name), message, hint)];
    });
  },
};
