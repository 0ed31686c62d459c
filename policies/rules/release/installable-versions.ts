import { release } from '../../../cluster/releases.ts';
import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';
import { compareVersions } from './versions.ts';

export const installableVersions: Rule = {
  code: 'installable-versions',
  title: 'The release can install the chosen Kubernetes and Calico',
  class: 'refused',
  description: 'kubespray knows the checksums of certain versions only, and stops at any other.',
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
      const text = show(version);
      // With a v before it, version-with-v speaks; below the oldest, kubernetes-too-old does.
      if (version === undefined || versions.includes(text.replace(/^v/, ''))) return [];
      const [newest, oldest] = [versions[0], versions.at(-1) ?? ''];
      if (name === 'kube_version' && compareVersions(version, oldest) === -1) return [];
      const hint = `Leave it out (${newest}), or write one from ${oldest} to ${newest} that it lists.`;
      const message = `kubespray ${known.tag} cannot install ${what} ${text}`;
      return [against(installableVersions, pathOf(subject, name), message, hint)];
    });
  },
};
