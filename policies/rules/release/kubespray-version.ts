import { nearest } from '../../../cluster/nearest.ts';
import { release, releases } from '../../../cluster/releases.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';

export const kubesprayVersion: Rule = {
  code: 'kubespray-version',
  title: 'The kubespray release is one that Calispray knows',
  class: 'refused',
  description: 'Variables, defaults and the versions that can be installed differ from release to release.',
  reference: 'https://github.com/kubernetes-sigs/kubespray/releases',
  judge(subject) {
    const version = subject.kubespray?.version;
    if (version === undefined || isTemplate(version) || release(version) !== undefined) return [];
    const tags = releases.map((r) => r.tag);
    const meant = nearest(version, tags);
    const hint = `Write ${tags.join(', ')}${meant === undefined ? '' : `; perhaps ${meant}`}.`;
    return [against(kubesprayVersion, 'kubespray.version', `kubespray ${version} is not known`, hint)];
  },
};
