import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, count, isOn, numberIn, show } from '../variables.ts';
import { type Family, ipv4, nodeCount, poolCidr, poolPath, rangeIn } from './family.ts';

export const blocksForNodes: Rule = {
  code: 'blocks-for-nodes',
  title: 'The pool has a block for every node',
  class: 'harmful',
  description:
    'A node without a block borrows single addresses from others, each with a route of its own; a tunnel address needs one before the first pod.',
  reference: 'https://docs.tigera.io/calico/latest/networking/ipam/get-started-ip-addresses',
  judge: (subject) => blocksShort(blocksForNodes, subject, ipv4),
};

export function blocksShort(rule: Rule, subject: Subject, family: Family): Finding[] {
  const cidr = poolCidr(subject, family);
  const size = numberIn(subject, family.block);
  const pool = rangeIn(family, cidr);
  // With host-local IPAM a node’s addresses come from its own range, and there are no blocks.
  if (!family.isOn(subject) || isOn(subject, 'calico_ipam_host_local')) return [];
  if (pool === undefined || !(size >= pool.prefix && size <= family.bits)) return [];
  const blocks = 2 ** (size - pool.prefix);
  const nodes = nodeCount(subject);
  if (blocks >= nodes) return [];
  const message = `the pool ${show(cidr)} has ${count(blocks, 'block')} of /${size} for ${nodes} nodes`;
  const hint = 'Widen the pool, or make the blocks smaller (a larger number).';
  return [against(rule, poolPath(subject, family), message, hint)];
}
