import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, isOn, numberIn, show } from '../variables.ts';
import { type Family, ipv4, nodeCount, poolCidr, poolPath, rangeIn } from './family.ts';

export const poolCapacity: Rule = {
  code: 'pool-capacity',
  title: 'The pool has an address for every pod that the nodes may run',
  class: 'advice',
  description:
    'kubelet takes up to kubelet_max_pods pods, and those beyond the pool wait for an address. Pods of the host network take none, so less may be enough; a further pool can come later, inside the pod range.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:70 (which leaves Calico out)',
  judge: (subject) => tooFewAddresses(poolCapacity, subject, ipv4),
};

export function tooFewAddresses(rule: Rule, subject: Subject, family: Family): Finding[] {
  const cidr = poolCidr(subject, family);
  const pool = rangeIn(family, cidr);
  const size = numberIn(subject, family.block);
  const pods = numberIn(subject, 'kubelet_max_pods');
  if (!family.isOn(subject) || isOn(subject, 'calico_ipam_host_local') || pool === undefined) return [];
  const nodes = nodeCount(subject);
  // Fewer blocks than nodes is the graver mistake: blocks-for-nodes.
  if (!(2 ** (size - pool.prefix) >= nodes)) return [];
  const addresses = 2 ** (family.bits - pool.prefix);
  if (!(addresses < nodes * pods)) return [];
  const message = `the pool ${show(cidr)} has ${addresses} addresses for ${nodes} nodes of up to ${pods} pods`;
  return [against(rule, poolPath(subject, family), message, 'Widen the pool, or lower the number of pods of a node.')];
}
