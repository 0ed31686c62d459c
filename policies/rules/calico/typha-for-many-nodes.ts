import { nodeCount } from '../ranges/family.ts';
import type { Rule } from '../subject.ts';
import { against, isTemplate, pathOf, saidIn, sentence, toSet, valueIn } from '../variables.ts';

export const typhaForManyNodes: Rule = {
  code: 'typha-for-many-nodes',
  title: 'Many nodes have Typha between them and the Kubernetes API',
  class: 'advice',
  description:
    'Every calico-node watches the Kubernetes API for itself. Calico recommends Typha above 50 nodes, and calls it essential above 100.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-config.yml.j2:14',
  judge(subject) {
    const typha = saidIn(subject, 'typha_enabled');
    const nodes = nodeCount(subject);
    if (nodes <= 50 || isTemplate(typha) || typha || valueIn(subject, 'calico_datastore') !== 'kdd') return [];
    const path = pathOf(subject, 'typha_enabled');
    return [
      against(
        typhaForManyNodes,
        path,
        `${nodes} nodes watch the Kubernetes API themselves`,
        sentence(toSet(subject, 'typha_enabled', true)),
      ),
    ];
  },
};
