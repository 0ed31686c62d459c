import { BLOCKS_PER_NODE } from '../../../cluster/ipam.ts';
import type { Rule } from '../subject.ts';
import { against, count, isOn, numberIn, pathOf } from '../variables.ts';
import { ipv4 } from './family.ts';

export const podsOverBlocks: Rule = {
  code: 'pods-over-blocks',
  title: 'The blocks that a node may hold are enough for its pods',
  class: 'harmful',
  description:
    'A node with as many blocks as it may have takes no further one and borrows none, and the pods that the scheduler still sends it stay without an address. Where calico_ipam_maxblocksperhost is 0, Calico stops at 20 blocks.',
  reference: 'Calico v3.31.5 libcalico-go/lib/ipam/ipam.go:735',
  judge(subject) {
    const limit = numberIn(subject, 'calico_ipam_maxblocksperhost');
    const size = numberIn(subject, ipv4.block);
    const pods = numberIn(subject, 'kubelet_max_pods');
    if (!ipv4.isOn(subject) || isOn(subject, 'calico_ipam_host_local')) return [];
    if (!(limit >= 0) || !(size <= ipv4.bits)) return [];
    const blocks = limit === 0 ? BLOCKS_PER_NODE : limit;
    const addresses = blocks * 2 ** (ipv4.bits - size);
    if (!(pods > addresses)) return [];
    const own = limit === 0 ? ', all that Calico gives a node of itself,' : '';
    const path = pathOf(subject, limit === 0 ? ipv4.block : 'calico_ipam_maxblocksperhost');
    const message = `${count(blocks, 'block')} of /${size}${own} ${blocks === 1 ? 'has' : 'have'} ${addresses} addresses, and a node runs up to ${pods} pods`;
    const enough = Math.ceil(pods / 2 ** (ipv4.bits - size));
    const hint = `Write ${enough} or more at ${pathOf(subject, 'calico_ipam_maxblocksperhost')}, or lower ${pathOf(subject, 'kubelet_max_pods')}.`;
    return [against(podsOverBlocks, path, message, hint)];
  },
};
