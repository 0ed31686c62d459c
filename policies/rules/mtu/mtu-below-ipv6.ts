import type { Rule } from '../subject.ts';
import { against, hasIpv6, numberIn, pathOf, valueIn } from '../variables.ts';

/** RFC 8200 section 5. */
const LEAST = 1280;

export const mtuBelowIpv6: Rule = {
  code: 'mtu-below-ipv6',
  title: 'IPv6 has the 1280 bytes that it needs',
  class: 'harmful',
  description:
    'Linux takes IPv6 off an interface whose MTU is below 1280 bytes: pods of a dual-stack cluster then lose their second address.',
  reference: 'https://www.rfc-editor.org/rfc/rfc8200#section-5',
  judge(subject) {
    if (!hasIpv6(subject)) return [];
    // calico_veth_mtu counts only beside calico_mtu (calico-node.yml.j2:103).
    const name = ['calico_mtu', 'calico_veth_mtu'].find((mtu) => numberIn(subject, mtu) < LEAST);
    if (name === undefined || valueIn(subject, 'calico_mtu') === undefined) return [];
    const message = `MTU ${numberIn(subject, name)} is less than the ${LEAST} of IPv6`;
    return [against(mtuBelowIpv6, pathOf(subject, name), message, `Write ${LEAST} or more, or keep one stack.`)];
  },
};
