import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, isOn, numberIn, pathOf, show, valueIn } from '../variables.ts';
import { type Family, ipv4, nodeCount, rangeIn } from './family.ts';

export const nodeRangesFit: Rule = {
  code: 'node-ranges-fit',
  title: 'With host-local IPAM, the pod range has a range for every node',
  class: 'harmful',
  description:
    'Kubernetes cuts the pod range into one kube_network_node_prefix a node: a node that finds none left never becomes ready. kubespray counts them with every network plugin but Calico.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:118',
  judge: (subject) => tooFewRanges(nodeRangesFit, subject, ipv4),
};

export function tooFewRanges(rule: Rule, subject: Subject, family: Family): Finding[] {
  if (!family.isOn(subject) || !isOn(subject, 'calico_ipam_host_local')) return [];
  const pods = valueIn(subject, family.pods);
  const range = rangeIn(family, pods);
  const prefix = numberIn(subject, family.nodePrefix);
  const nodes = nodeCount(subject);
  if (range === undefined || Number.isNaN(prefix)) return [];
  const ranges = Math.floor(2 ** (prefix - range.prefix));
  if (ranges >= nodes) return [];
  const message = `${show(pods)} has ${ranges} ranges of /${prefix} for ${nodes} nodes`;
  const hint = `Widen ${pathOf(subject, family.pods)}, or write a larger prefix length.`;
  return [against(rule, pathOf(subject, family.nodePrefix), message, hint)];
}
