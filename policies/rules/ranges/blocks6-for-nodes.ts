import type { Rule } from '../subject.ts';
import { blocksShort } from './blocks-for-nodes.ts';
import { ipv6 } from './family.ts';

export const blocks6ForNodes: Rule = {
  code: 'blocks6-for-nodes',
  title: 'The IPv6 pool has a block for every node',
  class: 'harmful',
  description:
    'A node without a block borrows single addresses from others, each with a route of its own; a tunnel address needs one before the first pod.',
  reference: 'https://docs.tigera.io/calico/latest/networking/ipam/get-started-ip-addresses',
  judge: (subject) => blocksShort(blocks6ForNodes, subject, ipv6),
};
