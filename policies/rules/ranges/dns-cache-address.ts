import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, show, valueIn } from '../variables.ts';
import { addressIn, ipv4, ipv6, rangeIn } from './family.ts';

export const dnsCacheAddress: Rule = {
  code: 'dns-cache-address',
  title: 'The node-local DNS cache has an address of its own',
  class: 'harmful',
  description:
    'kubelet gives every pod nodelocaldns_ip as its DNS server. Inside the range of pods, services or nodes it is somebody else’s, and what is no address is none: names stop resolving.',
  reference: 'kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:138, :140',
  judge(subject) {
    const text = valueIn(subject, 'nodelocaldns_ip');
    if (!isTruthy(valueIn(subject, 'enable_nodelocaldns')) || text === undefined) return [];
    const at = (message: string) =>
      against(dnsCacheAddress, pathOf(subject, 'nodelocaldns_ip'), message, 'Write a link-local one: 169.254.25.10.');
    const address = addressIn(ipv4, text);
    if (address === undefined) {
      return addressIn(ipv6, text) === undefined ? [at(`${show(text)} is no IP address`)] : [];
    }
    const taken = [
      { what: 'pod range', range: valueIn(subject, ipv4.pods) },
      { what: 'service range', range: valueIn(subject, ipv4.services) },
      { what: 'node range', range: subject.network.nodes },
    ].find(({ range: cidr }) => {
      const range = rangeIn(ipv4, cidr);
      return range !== undefined && address >= range.first && address <= range.last;
    });
    return taken === undefined ? [] : [at(`${show(text)} lies in the ${taken.what} ${show(taken.range)}`)];
  },
};
