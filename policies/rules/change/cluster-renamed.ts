import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';

export const clusterRenamed: Rule = {
  code: 'cluster-renamed',
  title: 'A cluster keeps its name',
  class: 'refused',
  description:
    'The controller keeps a cluster under its name: under another one nothing was built yet, and the nodes that have a cluster would get one over it.',
  reference:
    'docs/stack-file.md; kubespray v2.31.0 roles/kubernetes/control-plane/templates/kubeadm-config.v1beta4.yaml.j2 (clusterName)',
  judge({ change }) {
    if (change === undefined) return [];
    const [before, after] = [change.applied.cluster, change.desired.cluster];
    if (before === after || isTemplate(before) || isTemplate(after)) return [];
    const message = `the nodes have the cluster ${before}, and would get ${after}`;
    return [
      against(
        clusterRenamed,
        'name',
        message,
        `Write ${before} again, or make another stack for ${after} with nodes of its own.`,
      ),
    ];
  },
};
