import type { Rule } from '../subject.ts';
import { against, count, numberIn, pathOf } from '../variables.ts';
import { ipv4 } from './family.ts';

export const podsOverBlocks: Rule = {
  code: 'pods-over-blocks',
  title: 'The blocks that a node may hold are enough for its pods',
  class: 'harmful',
  description:
    'With calico_ipam_maxblocksperhost a node takes no further block, and the pods that the scheduler still sends it stay without an address.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-ipamconfig.yml.j2:8',
  judge(subject) {
    const blocks = numberIn(subject, 'calico_ipam_maxblocksperhost');
    const size = numberIn(subject, ipv4.block);
    const pods = numberIn(subject, 'kubelet_max_pods');
    if (!ipv4.isOn(subject) || !(blocks > 0) || !(size <= ipv4.bits)) return [];
    const addresses = blocks * 2 ** (ipv4.bits - size);
    if (!(pods > addresses)) return [];
    const path = pathOf(subject, 'calico_ipam_maxblocksperhost');
    const message = `${count(blocks, 'block')} of /${size} ${blocks === 1 ? 'has' : 'have'} ${addresses} addresses, and a node runs up to ${pods} pods`;
    const hint = `Write ${Math.ceil(pods / 2 ** (ipv4.bits - size))} or more, 0 for no limit, or lower ${pathOf(subject, 'kubelet_max_pods')}.`;
    return [against(podsOverBlocks, path, message, hint)];
  },
};
