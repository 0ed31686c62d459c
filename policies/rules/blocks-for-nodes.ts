import { range } from '../../cluster/cidr.ts';
import type { Rule } from './subject.ts';
import { against, numberIn, pathOf, poolCidr, show } from './variables.ts';

export const blocksForNodes: Rule = {
  code: 'blocks-for-nodes',
  title: 'The pool has a block for every node',
  class: 'harmful',
  description:
    'A node without a block borrows single addresses from others, each with a route of its own; a tunnel address needs one before the first pod.',
  reference: 'https://docs.tigera.io/calico/latest/networking/ipam/get-started-ip-addresses',
  judge(subject) {
    const cidr = poolCidr(subject);
    const size = numberIn(subject, 'calico_pool_blocksize');
    const pool = range(cidr);
    if (pool === undefined || !(size >= pool.prefix && size <= 32)) return [];
    const blocks = 2 ** (size - pool.prefix);
    const nodes = subject.hosts.filter((h) => h.groups.some((g) => g === 'kube_node' || g === 'kube_control_plane'));
    if (blocks >= nodes.length) return [];
    return [
      against(
        blocksForNodes,
        pathOf(subject, 'calico_pool_cidr'),
        `the pool ${show(cidr)} has ${blocks} blocks of /${size} for ${nodes.length} nodes`,
        'Widen the pool, or make the blocks smaller (a larger number).',
      ),
    ];
  },
};
