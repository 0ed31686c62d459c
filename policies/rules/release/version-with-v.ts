import { release } from '../../../cluster/releases.ts';
import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

export const versionWithV: Rule = {
  code: 'version-with-v',
  title: 'Versions are written without a v',
  class: 'refused',
  description:
    'Since v2.28.0 kubespray writes the v itself: with another, Calico’s image is tagged vv3.31.5 and its version cannot be compared. Judged where the version is known without the v.',
  reference:
    'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:278, roles/validate_inventory/tasks/main.yml:217',
  judge(subject) {
    const known = release(subject.kubespray?.version);
    if (known === undefined) return [];
    const choices = { kube_version: known.kubernetesVersions, calico_version: known.calicoVersions };
    return Object.entries(choices).flatMap(([name, versions]) => {
      const version = show(valueIn(subject, name));
      const plain = version.replace(/^v/, '');
      if (plain === version || !versions.includes(plain)) return [];
      const message = `${name} is ${version}, with a v`;
      return [against(versionWithV, pathOf(subject, name), message, `Write ${plain}.`)];
    });
  },
};
